// SPDX-License-Identifier: Apache-2.0

/// Why copying could not go on.
///
/// Whatever was reported as copied until then is whole at the target.
public struct MediaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a caller may want to tell apart.
    public enum Cause: String, Sendable, Hashable {
        /// The target file system is full, or the user's quota is used up.
        case fullDisk
        /// Another run holds the lock on the target.
        case targetInUse
        /// Somebody asked to stop.
        case cancelled
        /// The engine that was asked for does not work on this system.
        case engineUnavailable
        /// The system refused something else.
        case system
    }

    /// The kind of failure.
    public let cause: Cause
    /// The path that could not be dealt with.
    public let path: String
    /// What was tried, as a system call's name or a short phrase.
    public let operation: String
    /// The system's reason, if it gave one.
    public let errno: Errno?
    /// The whole story as one sentence.
    public let description: String

    init(_ cause: Cause, path: String, operation: String, errno: Errno? = nil, _ sentence: String) {
        self.cause = cause
        self.path = path
        self.operation = operation
        self.errno = errno
        description = sentence
    }

    /// A failure at the target.
    static func target(_ path: String, _ operation: String, _ errno: Errno) -> MediaError {
        switch errno {
        case .noSpace:
            MediaError(
                .fullDisk, path: path, operation: operation, errno: errno,
                "The disk is full: \(operation) \(path): \(errno). Make room and run again: what is copied stays."
            )
        case .quotaExceeded, .fileTooLarge:
            MediaError(
                .fullDisk, path: path, operation: operation, errno: errno,
                "A limit on this user's files is reached: \(operation) \(path): \(errno). "
                    + "Raise it and run again: what is copied stays."
            )
        default:
            MediaError(
                .system, path: path, operation: operation, errno: errno,
                "Could not \(operation) \(path): \(errno). Run again to go on: what is copied stays."
            )
        }
    }

    /// Somebody asked to stop.
    static let cancelled = MediaError(
        .cancelled, path: "", operation: "copy",
        "Copying was interrupted. Run again to go on: what is copied stays."
    )

    /// A failure at the source root, or of something that is neither side's.
    static func system(_ path: String, _ operation: String, _ errno: Errno) -> MediaError {
        MediaError(
            .system, path: path, operation: operation, errno: errno,
            "Could not \(operation)\(path.isEmpty ? "" : " " + path): \(errno)."
        )
    }
}
