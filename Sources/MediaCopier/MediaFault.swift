// SPDX-License-Identifier: Apache-2.0

/// A file that is not whole, and why.
public struct MediaFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What can be wrong with a file.
    public enum Reason: Sendable, Hashable {
        /// There is no such file.
        case missing
        /// The content's SHA-256 is not the expected one.
        case damaged
        /// The content's SHA-256 is not the expected one, and it is shorter than it should be.
        case truncated
        /// The content's SHA-256 is not the expected one, and it is longer than it should be.
        case oversized
        /// The file may not be read.
        case unreadable
        /// A directory, a symbolic link, a device or the like.
        case notARegularFile
        /// The path leads out of the source root, through `..` or a symbolic link.
        case outsideTheSource
        /// The source or a target path is empty, absolute, too long, or goes upwards.
        case unusablePath
        /// Somebody wrote to the file while it was read.
        case changedWhileCopied
        /// The file was there, and then it was not.
        case vanished
        /// Reading failed for a reason of the system's.
        case io(Errno)

        /// One word for tables and JSON.
        public var name: String {
            switch self {
            case .missing: "missing"
            case .damaged: "damaged"
            case .truncated: "truncated"
            case .oversized: "oversized"
            case .unreadable: "unreadable"
            case .notARegularFile: "not-a-file"
            case .outsideTheSource: "outside"
            case .unusablePath: "unusable-path"
            case .changedWhileCopied: "changed"
            case .vanished: "vanished"
            case .io: "io-error"
            }
        }

        /// The rest of a sentence that begins with the file's name.
        public var sentence: String {
            switch self {
            case .missing: "is missing"
            case .damaged: "is damaged: its SHA-256 is not the expected one"
            case .truncated: "is truncated: it is shorter than recorded and its SHA-256 is not the expected one"
            case .oversized: "is damaged: it is longer than recorded and its SHA-256 is not the expected one"
            case .unreadable: "may not be read by this user"
            case .notARegularFile: "is not a regular file"
            case .outsideTheSource: "leads out of the source folder"
            case .unusablePath: "has a path that cannot be used"
            case .changedWhileCopied: "changed while it was copied"
            case .vanished: "vanished while it was copied"
            case .io(let errno): "could not be read: \(errno)"
            }
        }
    }

    /// The file's place in the sequence that was copied, from 0.
    public let index: Int
    /// What the caller calls the file.
    public let identifier: String
    /// Where it should have been, relative to the source root.
    public let source: String
    /// What is wrong.
    public let reason: Reason

    /// Names a file and what is wrong with it.
    public init(index: Int, identifier: String, source: String, reason: Reason) {
        self.index = index
        self.identifier = identifier
        self.source = source
        self.reason = reason
    }

    /// One sentence for a report.
    public var description: String { "\(identifier) (\(source)) \(reason.sentence)" }
}
