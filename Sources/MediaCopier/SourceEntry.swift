// SPDX-License-Identifier: Apache-2.0

/// Something that lies in the source folder.
public struct SourceEntry: Sendable, Hashable {
    /// What it is.
    public enum Kind: String, Sendable, Hashable {
        case file
        /// Those inside are listed, too.
        case folder
        /// Not followed.
        case symbolicLink
        /// A device, a FIFO, a socket.
        case other
        /// Its name is not UTF-8: `path` shows it with replacement characters. If it is a folder, it is not entered.
        case unusableName
        /// A folder that cannot be read, or not to its end. What could be read of it is listed.
        case unreadableFolder
    }

    /// Relative to the source root.
    public let path: String
    /// What it is.
    public let kind: Kind

    /// Names something.
    public init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }
}
