// SPDX-License-Identifier: Apache-2.0

/// Memory that all copies of a ring share: each borrows what its content takes, as long as that is on its way.
///
/// So the number of files in flight does not follow from the largest one's size: those that are being opened or renamed
/// need none of it, and small ones little.
struct BufferArena: ~Copyable {
    /// In bytes; six rings' arenas are 24 MiB, and two fit into what a user may pin by default (8 MiB).
    static let size = 1 << 22
    private static let unit = 1 << 14

    /// All of it, aligned as `O_DIRECT` wants it.
    let memory: UnsafeMutableRawBufferPointer
    private var isTaken = [Bool](repeating: false, count: size / unit)
    /// No unit before this one is free.
    private var start = 0

    init() {
        // Only pages that a file has filled become memory, unless they are pinned.
        memory = .allocate(byteCount: Self.size, alignment: 4096)
    }

    /// Frees the memory; not `deinit`'s to do, as the kernel may still be writing to it.
    func deallocate() { memory.deallocate() }

    /// Lends so many bytes, or up to a unit more, in one piece; `nil` if there is no such piece.
    mutating func borrow(_ byteCount: Int) -> UnsafeMutableRawBufferPointer? {
        let needed = max(1, (byteCount + Self.unit - 1) / Self.unit)
        var first = start
        var position = start
        while position < isTaken.count {
            if isTaken[position] { first = position + 1 }
            position += 1
            guard position - first == needed else { continue }
            for taken in first..<position { isTaken[taken] = true }
            if first == start { start = position }
            return UnsafeMutableRawBufferPointer(rebasing: memory[first * Self.unit..<position * Self.unit])
        }
        return nil
    }

    /// Takes back what ``borrow(_:)`` gave.
    mutating func giveBack(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let base = buffer.baseAddress, let origin = memory.baseAddress else { return }
        let first = (base - origin) / Self.unit
        for position in first..<first + buffer.count / Self.unit { isTaken[position] = false }
        start = min(start, first)
    }
}
