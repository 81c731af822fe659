// SPDX-License-Identifier: Apache-2.0
import Glibc

/// One of the system's error numbers, which knows its name.
public struct Errno: Error, Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    /// The number, such as 28.
    public let rawValue: Int32

    /// Takes a number as the system gives it, which is positive.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// What the last failed call of this thread left behind.
    static var current: Errno { Errno(rawValue: errno) }

    /// `ENOENT`: there is no such file or folder.
    public static let noSuchFile = Errno(rawValue: ENOENT)
    static let exists = Errno(rawValue: EEXIST)
    /// `ENOSPC`: the file system is full.
    public static let noSpace = Errno(rawValue: ENOSPC)
    /// `EDQUOT`: the user's share of the file system is used up.
    public static let quotaExceeded = Errno(rawValue: EDQUOT)
    /// `EFBIG`: the file system's or the process's limit on a file's size.
    public static let fileTooLarge = Errno(rawValue: EFBIG)
    /// `EACCES`: the modes of a file or folder are against it.
    public static let accessDenied = Errno(rawValue: EACCES)
    /// `EPERM`: this user may not do that.
    public static let notPermitted = Errno(rawValue: EPERM)
    static let isDirectory = Errno(rawValue: EISDIR)
    static let notDirectory = Errno(rawValue: ENOTDIR)
    static let tooManySymbolicLinks = Errno(rawValue: ELOOP)
    static let crossDevice = Errno(rawValue: EXDEV)
    static let tooManyLinks = Errno(rawValue: EMLINK)
    static let noSuchDevice = Errno(rawValue: ENXIO)
    static let stale = Errno(rawValue: ESTALE)
    static let interrupted = Errno(rawValue: EINTR)
    static let tryAgain = Errno(rawValue: EAGAIN)
    static let busy = Errno(rawValue: EBUSY)
    static let noMemory = Errno(rawValue: ENOMEM)
    static let invalidArgument = Errno(rawValue: EINVAL)
    static let notImplemented = Errno(rawValue: ENOSYS)
    static let notSupported = Errno(rawValue: EOPNOTSUPP)
    static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
    static let isCancelled = Errno(rawValue: ECANCELED)

    /// The name that manuals use, such as `ENOSPC`; `errno 133` for one that copying files doesn't meet.
    public var name: String {
        Self.names[rawValue] ?? "errno \(rawValue)"
    }

    /// The name and the system's own words, such as `ENOSPC (No space left on device)`.
    public var description: String {
        guard let text = strerror(rawValue) else { return name }
        return "\(name) (\(String(cString: text)))"
    }

    private static let names: [Int32: String] = [
        ENOENT: "ENOENT", EEXIST: "EEXIST", ENOSPC: "ENOSPC", EDQUOT: "EDQUOT", EFBIG: "EFBIG", EACCES: "EACCES",
        EPERM: "EPERM", EISDIR: "EISDIR", ENOTDIR: "ENOTDIR", ELOOP: "ELOOP", EXDEV: "EXDEV", EMLINK: "EMLINK",
        ENXIO: "ENXIO", ESTALE: "ESTALE", EINTR: "EINTR", EAGAIN: "EAGAIN", EBUSY: "EBUSY", ENOMEM: "ENOMEM",
        EINVAL: "EINVAL", ENOSYS: "ENOSYS", EOPNOTSUPP: "EOPNOTSUPP", ENAMETOOLONG: "ENAMETOOLONG",
        ECANCELED: "ECANCELED", EIO: "EIO", EROFS: "EROFS", EMFILE: "EMFILE", ENFILE: "ENFILE", EBADF: "EBADF",
        EFAULT: "EFAULT", ENODEV: "ENODEV", ENOTEMPTY: "ENOTEMPTY", ETIMEDOUT: "ETIMEDOUT", ENOTCONN: "ENOTCONN",
        EHOSTDOWN: "EHOSTDOWN", ENOLCK: "ENOLCK", ENOTTY: "ENOTTY", EREMOTEIO: "EREMOTEIO", EOVERFLOW: "EOVERFLOW",
    ]
}
