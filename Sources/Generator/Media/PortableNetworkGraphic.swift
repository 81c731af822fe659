// SPDX-License-Identifier: Apache-2.0

/// A picture of coloured noise as a PNG file (W3C, "Portable Network Graphics"), its pixels stored uncompressed.
enum PortableNetworkGraphic {
    /// A square picture in which every pixel has a colour by chance.
    ///
    /// - Parameter side: pixels in each direction.
    static func noise(side: Int, _ random: inout RandomSource) -> [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        // Eight bits for each of red, green and blue; no interlacing.
        chunk("IHDR", bigEndian(UInt32(side)) + bigEndian(UInt32(side)) + [8, 2, 0, 0, 0], to: &file)
        var pixels: [UInt8] = []
        for _ in 0..<side {
            pixels.append(0)
            pixels += random.bytes(side * 3)
        }
        chunk("IDAT", stored(pixels), to: &file)
        chunk("IEND", [], to: &file)
        return file
    }

    /// A zlib stream of stored blocks (RFC 1950, RFC 1951 §3.2.4).
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        while start < bytes.count {
            let end = min(start + 65535, bytes.count)
            let length = UInt16(end - start)
            stream.append(end == bytes.count ? 1 : 0)
            stream += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
            stream += bytes[start..<end]
            start = end
        }
        var first: UInt32 = 1
        var second: UInt32 = 0
        for byte in bytes {
            first = (first + UInt32(byte)) % 65521
            second = (second + first) % 65521
        }
        return stream + bigEndian(second << 16 | first)
    }

    private static func chunk(_ name: String, _ content: [UInt8], to file: inout [UInt8]) {
        let body = Array(name.utf8) + content
        file += bigEndian(UInt32(content.count))
        file += body
        file += bigEndian(checksum(body))
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes { value = table[Int((value ^ UInt32(byte)) & 255)] ^ (value >> 8) }
        return ~value
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }
}
