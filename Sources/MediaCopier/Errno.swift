// SPDX-License-Identifier: Apache-2.0
import Glibc

/// One of the system's error numbers, which knows its name.
public struct Errno: Error, Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    /// The number, such as 28.
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// What the last failed call of this thread left behind.
    static var current: Errno { Errno(rawValue: errno) }

    public static let noSuchFile = Errno(rawValue: ENOENT)
    public static let exists = Errno(rawValue: EEXIST)
    public static let noSpace = Errno(rawValue: ENOSPC)
    public static let quotaExceeded = Errno(rawValue: EDQUOT)
    public static let fileTooLarge = Errno(rawValue: EFBIG)
    public static let accessDenied = Errno(rawValue: EACCES)
    public static let notPermitted = Errno(rawValue: EPERM)
    public static let isDirectory = Errno(rawValue: EISDIR)
    public static let notDirectory = Errno(rawValue: ENOTDIR)
    public static let tooManySymbolicLinks = Errno(rawValue: ELOOP)
    public static let crossDevice = Errno(rawValue: EXDEV)
    public static let tooManyLinks = Errno(rawValue: EMLINK)
    public static let noSuchDevice = Errno(rawValue: ENXIO)
    public static let stale = Errno(rawValue: ESTALE)
    public static let interrupted = Errno(rawValue: EINTR)
    public static let tryAgain = Errno(rawValue: EAGAIN)
    public static let busy = Errno(rawValue: EBUSY)
    public static let noMemory = Errno(rawValue: ENOMEM)
    public static let invalidArgument = Errno(rawValue: EINVAL)
    public static let notImplemented = Errno(rawValue: ENOSYS)
    public static let notSupported = Errno(rawValue: EOPNOTSUPP)
    public static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
    public static let isCancelled = Errno(rawValue: ECANCELED)
    public static let inputOutput = Errno(rawValue: EIO)
    public static let readOnlyFileSystem = Errno(rawValue: EROFS)

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
