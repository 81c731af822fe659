// SPDX-License-Identifier: Apache-2.0

/// A thumbnail that Synapse shall offer: the box that was asked for, and the type of the picture in it.
struct Thumbnail: Sendable, Hashable {
    /// The type of every thumbnail that Dendrite makes, and of those that Synapse has yet to make.
    static let madeType = "image/jpeg"
    private static let prefix = "thumbnail-"

    let width: Int32
    let height: Int32
    let method: ThumbnailSize.Method
    var type = madeType

    /// A thumbnail for a box that Dendrite offers.
    ///
    /// - Returns: nil for a box that no column can hold.
    init?(_ size: ThumbnailSize, type: String = madeType) {
        guard let width = Int32(exactly: size.width), let height = Int32(exactly: size.height), width > 0, height > 0
        else {
            return nil
        }
        (self.width, self.height, method, self.type) = (width, height, size.method, type)
    }

    /// Reads the name that Dendrite gave a thumbnail's file: `thumbnail-96x96-crop`.
    init?(dendriteFile name: String) {
        guard name.hasPrefix(Self.prefix) else { return nil }
        let parts = name.dropFirst(Self.prefix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let method = ThumbnailSize.Method(rawValue: String(parts[1])) else { return nil }
        let box = parts[0].split(separator: "x", omittingEmptySubsequences: false).map { Int32($0) }
        guard box.count == 2, let width = box[0], let height = box[1], width > 0, height > 0 else { return nil }
        (self.width, self.height, self.method) = (width, height, method)
        // Leading zeros or a sign would make two files of one thumbnail.
        guard name == dendriteFile else { return nil }
    }

    var dendriteFile: String { "\(Self.prefix)\(width)x\(height)-\(method.rawValue)" }

    /// Synapse's name for it: `96-96-image-jpeg-crop`.
    var fileName: String { "\(width)-\(height)-\(type.replacing("/", with: "-"))-\(method.rawValue)" }

    /// Whether an image is no larger than the box.
    func holds(_ image: ImageDimensions) -> Bool { Int(width) >= image.width && Int(height) >= image.height }
}
