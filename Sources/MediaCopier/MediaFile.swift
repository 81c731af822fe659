// SPDX-License-Identifier: Apache-2.0
public import Digest

/// One file to copy, and the names that it shall have.
public struct MediaFile: Sendable, Hashable {
    /// Where it is: relative to the source root.
    public var source: String
    /// Where it shall be, relative to the target root: one name or several.
    ///
    /// The content is written under the first name; the others become hard links to it where the file system allows, and
    /// copies where it doesn't.
    public var targets: [String]
    /// The SHA-256 that the content must have, if that is known.
    public var sha256: SHA256Digest?
    /// The size in bytes that somebody wrote down, if so.
    ///
    /// A hint only: it tells a truncated file from a damaged one, and
    /// counts for nothing where the SHA-256 is right.
    public var expectedSize: Int64?
    /// What reports call it, such as its `mxc://` URI.
    public var identifier: String

    /// A file that is called by its source where it has no other `identifier`.
    public init(
        source: String,
        targets: [String],
        sha256: SHA256Digest? = nil,
        expectedSize: Int64? = nil,
        identifier: String? = nil
    ) {
        self.source = source
        self.targets = targets
        self.sha256 = sha256
        self.expectedSize = expectedSize
        self.identifier = identifier ?? source
    }
}

extension MediaFile {
    /// Whether all paths stay below their roots by their letters alone.
    var hasUsablePaths: Bool {
        !targets.isEmpty && RelativePath.isUsable(source) && targets.allSatisfy(RelativePath.isUsable)
    }
}
