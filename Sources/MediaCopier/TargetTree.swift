// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc
import Synchronization

/// The folder that files are written to.
final class TargetTree: Sendable {
    static let fileMode: mode_t = 0o644
    static let directoryMode: mode_t = 0o755
    /// Beyond that many, known directories are forgotten: they are only a short cut.
    private static let directoryLimit = 1 << 19

    let path: String
    let root: FileDescriptor
    let ownership: CopyOptions.Ownership?
    private let directories = Mutex<Set<UInt64>>([])
    private let firstComponents = Mutex<Set<String>>([])

    /// Opens the folder, after having made it if it isn't there.
    init(_ path: String, ownership: CopyOptions.Ownership?) throws(MediaError) {
        self.path = path
        self.ownership = ownership
        try Self.makeRoot(path, ownership)
        do throws(Errno) {
            root = try FileDescriptor(path, O_RDONLY | O_DIRECTORY)
        } catch {
            throw .target(path, "open the target folder", error)
        }
    }

    /// Opens the folder only to look at it.
    ///
    /// One that isn't there is as good as an empty one.
    init(lookingAt path: String) throws(MediaError) {
        self.path = path
        ownership = nil
        do throws(Errno) {
            do throws(Errno) {
                root = try FileDescriptor(path, O_RDONLY | O_DIRECTORY)
            } catch {
                guard error == .noSuchFile else { throw error }
                // No path can be found below what is no directory.
                root = try FileDescriptor("/dev/null", O_RDONLY)
            }
        } catch {
            throw .target(path, "open the target folder", error)
        }
    }

    func fullPath(_ file: some StringProtocol) -> String { "\(path)/\(file)" }

    // MARK: Directories

    /// Makes the directory that a file shall lie in, and those above it.
    ///
    /// - Returns: Whether it is new, so that nothing can be in it yet.
    @discardableResult
    func makeDirectory(for file: String) throws(MediaError) -> Bool {
        guard let parent = RelativePath.parent(file) else { return false }
        let number = RelativePath.number(parent)
        if directories.withLock({ $0.contains(number) }) { return false }
        let isNew = try make(String(parent))
        noteDirectory(of: file)
        return isNew
    }

    /// Whether the directory that a file shall lie in may not be there yet.
    func hasToMakeDirectory(for file: String) -> Bool {
        guard let parent = RelativePath.parent(file) else { return false }
        let number = RelativePath.number(parent)
        return directories.withLock { !$0.contains(number) }
    }

    /// Notes that the directory that a file shall lie in is there.
    func noteDirectory(of file: String) {
        guard let parent = RelativePath.parent(file) else { return }
        let number = RelativePath.number(parent)
        directories.withLock { directories in
            if directories.count >= Self.directoryLimit { directories.removeAll(keepingCapacity: true) }
            directories.insert(number)
        }
        if let first = RelativePath.firstComponent(file) {
            firstComponents.withLock { components in
                if components.count < 256 { components.insert(String(first)) }
            }
        }
    }

    /// Forgets that a file's directory is there, as it turned out not to be.
    func forgetDirectory(of file: String) {
        guard let parent = RelativePath.parent(file) else { return }
        directories.withLock { _ = $0.remove(RelativePath.number(parent)) }
    }

    private func make(_ directory: String) throws(MediaError) -> Bool {
        if mkdirat(root.rawValue, directory, Self.directoryMode) == 0 {
            try own(directory)
            return true
        }
        switch Errno.current {
        case .exists:
            return false
        case .noSuchFile:
            guard let parent = RelativePath.parent(directory) else { fallthrough }
            _ = try make(String(parent))
            return try make(directory)
        default:
            throw .target(fullPath(directory), "make the folder", .current)
        }
    }

    private static func makeRoot(_ path: String, _ ownership: CopyOptions.Ownership?) throws(MediaError) {
        if mkdir(path, directoryMode) == 0 {
            guard let ownership, chown(path, ownership.user, ownership.group) != 0 else { return }
            throw .target(path, "change the owner of", .current)
        }
        switch Errno.current {
        case .exists:
            return
        case .noSuchFile:
            guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex else { fallthrough }
            try makeRoot(String(path[..<slash]), ownership)
            try makeRoot(path, ownership)
        default:
            throw .target(path, "make the target folder", .current)
        }
    }

    // MARK: Files

    /// What lies at a path; `nil` if nothing does.
    ///
    /// A symbolic link is itself, not what it leads to.
    func status(of file: String) -> FileStatus? {
        var status = stat()
        guard fstatat(root.rawValue, file, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return FileStatus(status)
    }

    /// Creates the file that a content is first written to; one that an earlier run left behind is replaced.
    func createTemporary(_ temporary: String) throws(MediaError) -> FileDescriptor {
        for _ in 0..<8 {
            do throws(Errno) {
                return try FileDescriptor(
                    temporary, in: root.rawValue, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: Self.fileMode)
            } catch {
                switch error {
                case .exists: remove(temporary)
                case .noSuchFile:
                    forgetDirectory(of: temporary)
                    try makeDirectory(for: temporary)
                default: throw .target(fullPath(temporary), "create", error)
                }
            }
        }
        throw .target(fullPath(temporary), "create", .exists)
    }

    /// Gives a file its name, in place of whatever has that name now.
    func rename(_ temporary: String, to file: String) throws(MediaError) {
        guard renameat(root.rawValue, temporary, root.rawValue, file) == 0 else {
            throw .target(fullPath(file), "rename a whole file to", .current)
        }
    }

    /// Removes a file, if it is there.
    func remove(_ file: String) { _ = unlinkat(root.rawValue, file, 0) }

    /// Gives a file or directory to whom it shall belong.
    func own(_ file: String) throws(MediaError) {
        guard let ownership else { return }
        let result = fchownat(root.rawValue, file, ownership.user, ownership.group, AT_SYMLINK_NOFOLLOW)
        guard result == 0 else { throw .target(fullPath(file), "change the owner of", .current) }
    }

    /// Makes everything written so far survive a power cut, on each file system that is mounted at or right below the root.
    func synchronize() throws(MediaError) {
        guard cliburing_syncfs(root.rawValue) == 0 else { throw .target(path, "sync", .current) }
        guard let home = try? root.status.device else { return }
        for component in firstComponents.withLock({ $0 }) {
            guard let directory = try? FileDescriptor(component, in: root.rawValue, O_RDONLY | O_DIRECTORY),
                let status = try? directory.status, status.device != home
            else { continue }
            guard cliburing_syncfs(directory.rawValue) == 0 else {
                throw .target(fullPath(component), "sync", .current)
            }
        }
    }
}

/// More names for a file of the target.
extension TargetTree {
    /// Gives a file of the target one more name, in place of whatever has that name now.
    ///
    /// - Returns: `false` if the file system has no such links, or no more for that file.
    func link(_ original: String, as other: String) throws(MediaError) -> Bool {
        try makeDirectory(for: other)
        if linkat(root.rawValue, original, root.rawValue, other, 0) == 0 { return true }
        switch Errno.current {
        case .crossDevice, .tooManyLinks, .notPermitted, .notSupported, .notImplemented: return false
        case .exists: return try replace(other, withLinkTo: original)
        case .noSuchFile:
            forgetDirectory(of: other)
            try makeDirectory(for: other)
            return try replace(other, withLinkTo: original)
        default: throw .target(fullPath(other), "link", .current)
        }
    }

    private func replace(_ other: String, withLinkTo original: String) throws(MediaError) -> Bool {
        let temporary = TemporaryName.alias(of: original, at: other)
        remove(temporary)
        guard linkat(root.rawValue, original, root.rawValue, temporary, 0) == 0 else {
            switch Errno.current {
            case .crossDevice, .tooManyLinks, .notPermitted, .notSupported, .notImplemented: return false
            default: throw .target(fullPath(other), "link", .current)
            }
        }
        // Renaming a file over another name of itself does nothing (rename(2)): then the first name is still there.
        defer { remove(temporary) }
        try rename(temporary, to: other)
        return true
    }
}
