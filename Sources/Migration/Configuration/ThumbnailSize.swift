// SPDX-License-Identifier: Apache-2.0

/// A box for which Dendrite makes a thumbnail of every image.
public struct ThumbnailSize: Sendable, Hashable {
    /// How an image is made to fit.
    public enum Method: String, Sendable, Hashable {
        /// It fills the box and what is over is cut off.
        case crop
        /// It is made smaller until it is within the box.
        case scale
    }

    /// The box's width in pixels.
    public let width: Int
    /// The box's height in pixels.
    public let height: Int
    /// How an image is made to fit.
    public let method: Method

    /// Creates a size.
    public init(width: Int, height: Int, method: Method) {
        self.width = width
        self.height = height
        self.method = method
    }

    init(_ value: ConfigurationValue) throws(ConfigurationError) {
        let remedy = "a thumbnail size has width, height and method"
        width = try value["width"].int(orElse: remedy)
        height = try value["height"].int(orElse: remedy)
        // Dendrite scales where no method is given.
        let name = try value["method"].text() ?? Method.scale.rawValue
        guard let known = Method(rawValue: name) else {
            throw value["method"].error("\(value.name).method is '\(name)', where crop or scale is expected.")
        }
        method = known
    }
}
