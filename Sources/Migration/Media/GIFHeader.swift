// SPDX-License-Identifier: Apache-2.0

/// The blocks of a GIF up to its first image (CompuServe, GIF89a specification, sections 17 to 20).
enum GIFHeader {
    private static let extensionIntroducer: UInt8 = 0x21
    private static let imageSeparator: UInt8 = 0x2C

    /// Width and height, from behind the third byte on: of the screen, and of the first image where that is larger.
    static func size(_ bytes: inout ImageBytes) -> (width: Int, height: Int)? {
        guard let version = bytes.bytes(3), version == Array("87a".utf8) || version == Array("89a".utf8),
            let width = bytes.littleEndian(2), let height = bytes.littleEndian(2), let flags = bytes.byte(),
            bytes.bytes(2) != nil
        else { return nil }
        skipColours(flags, &bytes)
        while let block = bytes.byte() {
            if block == imageSeparator {
                guard let left = bytes.littleEndian(2), let top = bytes.littleEndian(2),
                    let innerWidth = bytes.littleEndian(2), let innerHeight = bytes.littleEndian(2),
                    let flags = bytes.byte()
                else { return nil }
                skipColours(flags, &bytes)
                guard bytes.byte() != nil else { return nil }
                return (max(width, left + innerWidth), max(height, top + innerHeight))
            }
            guard block == extensionIntroducer, bytes.byte() != nil else { return nil }
            while let length = bytes.byte(), length > 0 { bytes.skip(Int(length)) }
        }
        return nil
    }

    /// Passes over a table of colours, if the flags say that there is one.
    private static func skipColours(_ flags: UInt8, _ bytes: inout ImageBytes) {
        if flags & 0x80 != 0 { bytes.skip(3 << (Int(flags & 7) + 1)) }
    }
}
