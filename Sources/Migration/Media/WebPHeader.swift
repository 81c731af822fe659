// SPDX-License-Identifier: Apache-2.0

/// The first chunk of a WebP (RFC 9649, sections 2.3 to 2.7; RFC 6386, section 9.1).
enum WebPHeader {
    /// Width and height, from behind the third byte on.
    static func size(_ bytes: inout ImageBytes) -> (width: Int, height: Int)? {
        guard bytes.byte() == UInt8(ascii: "F"), let length = bytes.littleEndian(4), bytes.reaches(8 + length),
            bytes.bytes(4) == Array("WEBP".utf8), let type = bytes.bytes(4), let chunk = bytes.littleEndian(4),
            chunk + 12 <= length
        else { return nil }
        switch String(decoding: type, as: UTF8.self) {
        case "VP8 ": return lossy(&bytes, length: chunk)
        case "VP8L": return lossless(&bytes)
        case "VP8X": return chunk >= 10 ? extended(&bytes) : nil
        default: return nil
        }
    }

    private static func lossy(_ bytes: inout ImageBytes, length: Int) -> (width: Int, height: Int)? {
        // Whether it depends on others, version, whether it is shown, length of the first partition; only a key frame that
        // is shown is a picture by itself.
        guard let frame = bytes.littleEndian(3), frame & 1 == 0, frame >> 1 & 7 <= 3, frame >> 4 & 1 == 1,
            frame >> 5 < length, bytes.bytes(3) == [0x9D, 0x01, 0x2A],
            let width = bytes.littleEndian(2), let height = bytes.littleEndian(2)
        else { return nil }
        return (width & 0x3FFF, height & 0x3FFF)
    }

    private static func lossless(_ bytes: inout ImageBytes) -> (width: Int, height: Int)? {
        guard bytes.byte() == 0x2F, let bits = bytes.littleEndian(4), bits >> 29 == 0 else { return nil }
        return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
    }

    private static func extended(_ bytes: inout ImageBytes) -> (width: Int, height: Int)? {
        guard bytes.bytes(4) != nil, let width = bytes.littleEndian(3), let height = bytes.littleEndian(3) else {
            return nil
        }
        return (width + 1, height + 1)
    }
}
