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

    /// Synapse's default sizes (its configuration manual, `thumbnail_sizes`); for scaling only the largest, as Synapse fails where
    /// two fit equally well and one of them is not made yet.
    private static let ofSynapse = [
        ThumbnailSize(width: 32, height: 32, method: .crop), ThumbnailSize(width: 96, height: 96, method: .crop),
        ThumbnailSize(width: 800, height: 600, method: .scale),
    ]

    /// The sizes that Synapse is to list for every image: Dendrite's, and Synapse's own for a method for which Dendrite has none.
    ///
    /// For a method without a size Dendrite answers with the original, Synapse with an error.
    static func offered(_ configured: [ThumbnailSize]) -> [ThumbnailSize] {
        configured + ofSynapse.filter { size in !configured.contains { $0.method == size.method } }
    }

    init(_ value: ConfigurationValue) throws(ConfigurationError) {
        let remedy = "a thumbnail size has width, height and method"
        width = try value["width"].int(orElse: remedy)
        height = try value["height"].int(orElse: remedy)
        // Dendrite scales where no method is given.
        let name = try value["method"].text() ?? Method.scale.rawValue
        guard let known = Method(rawValue: name) else {
            throw value["method"].error("\(value.name).method is neither crop nor scale.")
        }
        method = known
    }
}
