// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc

/// The memory that a ring's requests use, from the first request to the last completion.
struct RingMemory: ~Copyable {
    /// Files in flight on one ring.
    static let slotCount = 64
    /// The largest file that is copied in one read and one write.
    static let largestContent = 1 << 18

    /// Where contents are between being read and being written.
    var arena = BufferArena()
    /// How files are opened for reading; the kernel reads it when it comes to a request.
    let how: UnsafeMutablePointer<open_how>
    var slots: [RingSlot]
    /// Set where requests may still be running: then the memory is never given back.
    var isAbandoned = false

    init() {
        how = .allocate(capacity: 1)
        how.initialize(to: SourceTree.how)
        slots = (0..<Self.slotCount).map(RingSlot.init)
    }

    deinit {
        guard !isAbandoned else { return }
        for slot in slots { slot.deallocatePaths() }
        how.deallocate()
        arena.deallocate()
    }

    /// The arena, as the kernel wants to be told of a buffer.
    var vector: iovec { iovec(iov_base: arena.memory.baseAddress, iov_len: arena.memory.count) }

    /// Lends a slot a buffer for so many bytes.
    ///
    /// - Returns: Whether there was room.
    mutating func lend(_ byteCount: Int, to number: Int) -> Bool {
        guard let buffer = arena.borrow(byteCount) else { return false }
        slots[number].buffer = buffer
        return true
    }

    /// Takes a slot's buffer back, if it has one.
    mutating func takeBuffer(of number: Int) {
        guard let buffer = slots[number].buffer else { return }
        arena.giveBack(buffer)
        slots[number].buffer = nil
    }
}
