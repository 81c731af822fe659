// SPDX-License-Identifier: Apache-2.0

/// The width and height of an image as its header says, in pixels.
///
/// What the header's format forbids makes it no image, as it would for whoever makes thumbnails.
struct ImageDimensions: Hashable {
    /// Beyond that many pixels nobody makes a thumbnail: a small file could fill the memory.
    static let pixelLimit = 178_956_970

    let width: Int
    let height: Int

    /// Reads the size that an image file's header gives.
    ///
    /// - Returns: nil for a file that cannot be read or is no PNG, JPEG, GIF or WebP.
    init?(contentsOf path: String) {
        guard var bytes = ImageBytes(contentsOf: path) else { return nil }
        self.init(reading: &bytes)
    }

    /// Reads the size that an image's header gives.
    ///
    /// - Returns: nil for what is no PNG, JPEG, GIF or WebP.
    init?(reading bytes: inout ImageBytes) {
        guard let first = bytes.bytes(3) else { return nil }
        let size: (width: Int, height: Int)? =
            switch first {
            case [0x89, 0x50, 0x4E]: PNGHeader.size(&bytes)
            case [0xFF, 0xD8, 0xFF]: JPEGHeader.size(&bytes)
            case Array("GIF".utf8): GIFHeader.size(&bytes)
            case Array("RIF".utf8): WebPHeader.size(&bytes)
            default: nil
            }
        guard let size, size.width > 0, size.height > 0, size.width <= Self.pixelLimit / size.height else { return nil }
        (width, height) = size
    }
}
