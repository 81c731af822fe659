// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The bytes of a file from its beginning, as far as somebody wants them.
struct ImageBytes {
    private static let chunk = 4096

    private let file: FileHandle?
    private var buffer: [UInt8]
    /// Where in the file the buffer begins, and where the next byte is taken.
    private var start: UInt64 = 0
    private var position: UInt64 = 0

    /// Opens a file; its bytes are read when somebody takes them.
    ///
    /// - Returns: nil if the file cannot be opened.
    init?(contentsOf path: String) {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        self.file = file
        buffer = []
    }

    init(_ bytes: [UInt8]) {
        file = nil
        buffer = bytes
    }

    /// The next byte; nil at the end.
    mutating func byte() -> UInt8? {
        if position < start || position - start >= UInt64(buffer.count) { refill() }
        let offset = Int(position - start)
        guard offset < buffer.count else { return nil }
        position += 1
        return buffer[offset]
    }

    /// The next bytes; nil if there are fewer.
    mutating func bytes(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let byte = byte() else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// Passes over bytes, be they there or not.
    mutating func skip(_ count: Int) { position += UInt64(max(count, 0)) }

    /// A number with its most significant byte first.
    mutating func bigEndian(_ count: Int) -> Int? {
        bytes(count)?.reduce(0) { $0 << 8 | Int($1) }
    }

    /// A number with its least significant byte first.
    mutating func littleEndian(_ count: Int) -> Int? {
        bytes(count)?.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// Whether the file has so many bytes at least; the position stays.
    mutating func reaches(_ length: Int) -> Bool {
        guard length > 0 else { return true }
        let here = position
        defer { position = here }
        position = UInt64(length - 1)
        return byte() != nil
    }

    private mutating func refill() {
        guard let file else {
            // All there is was in the buffer; beyond it is nothing.
            (start, position) = (0, max(position, UInt64(buffer.count)))
            return
        }
        start = position
        guard (try? file.seek(toOffset: position)) != nil, let read = try? file.read(upToCount: Self.chunk) else {
            return buffer = []
        }
        buffer = Array(read)
    }
}
