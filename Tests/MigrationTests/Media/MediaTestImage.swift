// SPDX-License-Identifier: Apache-2.0
@testable import Migration

/// The smallest files that say of themselves that they are images of some size.
enum MediaTestImage: CaseIterable {
    case png, jpeg, gif, webp, losslessWebP, extendedWebP

    /// The largest width and height that all formats can say.
    static let largest = 10_000

    func bytes(width: Int, height: Int) -> [UInt8] {
        switch self {
        case .png: Self.png(width, height)
        case .jpeg: Self.jpeg(width, height)
        case .gif: Self.gif(width, height)
        case .webp:
            Self.riff("VP8 ", [0x10, 0, 0, 0x9D, 0x01, 0x2A] + Self.little(width, 2) + Self.little(height, 2))
        case .losslessWebP:
            Self.riff("VP8L", [0x2F] + Self.little((width - 1) | (height - 1) << 14, 4))
        case .extendedWebP:
            Self.riff("VP8X", [0x10, 0, 0, 0] + Self.little(width - 1, 3) + Self.little(height - 1, 3))
        }
    }

    static func png(_ width: Int, _ height: Int, colours: [UInt8] = [8, 6]) -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", big(width, 4) + big(height, 4) + colours + [0, 0, 0]) + chunk("tEXt", Array("a\0b".utf8))
            + chunk("IDAT", [1, 2, 3])
    }

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        return big(content.count, 4) + body + big(Int(PNGHeader.checksum(body)), 4)
    }

    private static func jpeg(_ width: Int, _ height: Int) -> [UInt8] {
        let start: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1] + big(20_002, 2)
        // What a camera puts before the image: its own small one.
        let inner: [UInt8] = [0xFF, 0xC0] + big(17, 2) + [8] + big(1, 2) + big(2, 2)
        let metadata = inner + [UInt8](repeating: 0x20, count: 20_000 - inner.count)
        let frame: [UInt8] = [0xFF, 0xFF, 0xC2] + big(17, 2) + [8] + big(height, 2) + big(width, 2) + [3]
        let components: [UInt8] = [1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]
        return start + metadata + frame + components + [0xFF, 0xDA, 0, 2]
    }

    private static func gif(_ width: Int, _ height: Int) -> [UInt8] {
        let screen = Array("GIF89a".utf8) + little(width, 2) + little(height, 2) + [0x81, 0, 0]
        let colours = [UInt8](repeating: 7, count: 12)
        let control: [UInt8] = [0x21, 0xF9, 4, 0, 0, 0, 0, 0]
        let image: [UInt8] = [0x2C, 0, 0, 0, 0] + little(width, 2) + little(height, 2) + [0, 2]
        return screen + colours + control + image
    }

    private static func riff(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let chunk = Array(type.utf8) + little(content.count, 4) + content + (content.count % 2 == 1 ? [0] : [])
        return Array("RIFF".utf8) + little(chunk.count + 4, 4) + Array("WEBP".utf8) + chunk
    }

    static func big(_ value: Int, _ count: Int) -> [UInt8] { little(value, count).reversed() }

    static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
