// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc
import Synchronization

/// The folder that files are read from; nothing outside of it is ever opened.
final class SourceTree: Sendable {
    /// A FIFO or device in a file's place must not make `open` wait.
    static let openFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY

    private static let pathOnly = Int32(CLIBURING_O_PATH)

    let path: String
    let root: FileDescriptor
    /// Whether the kernel itself keeps paths inside the root (`openat2`, since Linux 5.6).
    let hasOpenat2: Bool
    private let direct = Atomic(true)

    init(_ path: String) throws(MediaError) {
        self.path = path
        do throws(Errno) {
            root = try FileDescriptor(path, O_RDONLY | O_DIRECTORY)
        } catch {
            throw .system(path, "open the source folder", error)
        }
        var how = Self.how
        how.flags = UInt64(Self.pathOnly | O_CLOEXEC)
        let probe = cliburing_openat2(root.rawValue, ".", &how)
        hasOpenat2 = probe >= 0
        if probe >= 0 { _ = Glibc.close(Int32(probe)) }
    }

    /// How `openat2` is to open a file: inside the root, and not through a symbolic link at its end.
    static var how: open_how {
        open_how(flags: UInt64(openFlags), mode: 0, resolve: UInt64(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS))
    }

    /// Whether no file has been met yet that could not be read directly.
    var mayReadDirectly: Bool { direct.load(ordering: .relaxed) }

    func stopReadingDirectly() { direct.store(false, ordering: .relaxed) }

    /// Opens a file for reading.
    ///
    /// - Throws: ``CopyTrouble`` with the reason why that can't be done.
    func open(_ file: String) throws(CopyTrouble) -> FileDescriptor {
        let opened = hasOpenat2 ? openBeneath(file) : openStepwise(file)
        guard opened >= 0 else { throw trouble(.current, with: file) }
        return FileDescriptor(owning: opened)
    }

    /// Says whose fault an error on reading or opening is.
    func trouble(_ errno: Errno, with file: String, wasOpen: Bool = false) -> CopyTrouble {
        switch errno {
        case .noSuchFile, .notDirectory: return .fault(wasOpen ? .vanished : .missing)
        case .accessDenied, .notPermitted: return .fault(.unreadable)
        case .tooManySymbolicLinks, .isDirectory, .noSuchDevice: return .fault(.notARegularFile)
        case .crossDevice: return .fault(.outsideTheSource)
        case .nameTooLong: return .fault(.unusablePath)
        case Errno(rawValue: EMFILE), Errno(rawValue: ENFILE), .noMemory:
            return .failure(.system("\(path)/\(file)", "open", errno))
        default:
            // One bad file, or is the whole file system gone?
            var status = stat()
            guard fstatat(root.rawValue, ".", &status, 0) == 0 else {
                return .failure(.system(path, "reach the source folder", .current))
            }
            return .fault(errno == .stale ? .vanished : .io(errno))
        }
    }

    private func openBeneath(_ file: String) -> Int32 {
        var how = Self.how
        // EAGAIN: something was renamed while the kernel followed a `..` of a symbolic link (openat2(2)).
        for _ in 0..<16 {
            let opened = cliburing_openat2(root.rawValue, file, &how)
            if opened >= 0 || (errno != EAGAIN && errno != EINTR) { return Int32(opened) }
        }
        return -1
    }

    /// Opens directory by directory, following no symbolic link at all.
    private func openStepwise(_ file: String) -> Int32 {
        var directory: Int32 = -1
        defer { if directory >= 0 { _ = Glibc.close(directory) } }
        var rest = file[...]
        while let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) {
            let start = directory >= 0 ? directory : root.rawValue
            let next = openat(start, String(rest[..<slash]), Self.pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { return -1 }
            if directory >= 0 { _ = Glibc.close(directory) }
            directory = next
            rest = rest[rest.utf8.index(after: slash)...]
        }
        return openat(directory >= 0 ? directory : root.rawValue, String(rest), Self.openFlags)
    }
}
