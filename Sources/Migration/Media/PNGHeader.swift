// SPDX-License-Identifier: Apache-2.0

/// The chunks of a PNG before its pixels (W3C, Portable Network Graphics, sections 5 and 11).
enum PNGHeader {
    /// Bit depths by colour type.
    private static let depths: [UInt8: Set<UInt8>] = [
        0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
    ]
    /// The longest chunk before the pixels that is believed: colour profiles and text have some kilobytes.
    private static let lengthLimit = 8 << 20

    /// Width and height, from behind the third byte on.
    static func size(_ bytes: inout ImageBytes) -> (width: Int, height: Int)? {
        guard bytes.bytes(5) == [0x47, 0x0D, 0x0A, 0x1A, 0x0A] else { return nil }
        var size: (width: Int, height: Int)?
        while let length = bytes.bigEndian(4), let type = bytes.bytes(4) {
            guard type.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else { return nil }
            if type == Array("IDAT".utf8) { return size }
            guard length <= lengthLimit, let content = bytes.bytes(length), let sum = bytes.bigEndian(4),
                sum == Int(checksum(type + content))
            else { return nil }
            if size == nil {
                guard type == Array("IHDR".utf8), let header = Self.size(ofHeader: content) else { return nil }
                size = header
            }
        }
        return nil
    }

    private static func size(ofHeader content: [UInt8]) -> (width: Int, height: Int)? {
        guard content.count == 13, depths[content[9]]?.contains(content[8]) == true, content[10] == 0, content[11] == 0,
            content[12] <= 1
        else { return nil }
        func number(_ range: Range<Int>) -> Int { content[range].reduce(0) { $0 << 8 | Int($1) } }
        let (width, height) = (number(0..<4), number(4..<8))
        return width <= Int(Int32.max) && height <= Int(Int32.max) ? (width, height) : nil
    }

    private static let table: [UInt32] = (0..<256).map { number in
        (0..<8).reduce(UInt32(number)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    /// The CRC-32 that ends a chunk.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}
