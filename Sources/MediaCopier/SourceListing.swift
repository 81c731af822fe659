// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc

/// Everything in a folder and those below it, one after the other, in the order of the bytes of each name.
///
/// A folder comes before what is in it. No symbolic link is followed. Only the names of the folders that lie on the way are
/// in memory.
public struct SourceListing: Sequence, IteratorProtocol {
    private let root: Directory
    /// What is yet to come, of the root and of each folder on the way: the next one last.
    private var pending: [SourceEntry]
    /// A folder that was just given, into which we go next.
    private var entered: SourceEntry?

    /// Looks at nothing but the folder itself.
    ///
    /// - Throws: ``MediaError`` if it can't be opened.
    public init(_ folder: String) throws(MediaError) {
        do throws(Errno) {
            root = Directory(try FileDescriptor(folder, O_RDONLY | O_DIRECTORY))
        } catch {
            throw .system(folder, "open the folder", error)
        }
        pending = []
        entered = SourceEntry(path: "", kind: .folder)
    }

    init(of tree: TargetTree) throws(Errno) {
        root = Directory(try FileDescriptor(".", in: tree.root.rawValue, O_RDONLY | O_DIRECTORY))
        pending = []
        entered = SourceEntry(path: "", kind: .folder)
    }

    /// The next entry; nil at the end.
    ///
    /// A folder that cannot be read, or not to its end, comes once more, as ``SourceEntry/Kind/unreadableFolder``.
    public mutating func next() -> SourceEntry? {
        if let folder = entered.take() {
            let (entries, isWhole) = root.entries(of: folder.path)
            pending += entries.sorted { $1.path.utf8.lexicographicallyPrecedes($0.path.utf8) }
            guard isWhole else {
                return SourceEntry(path: folder.path.isEmpty ? "." : folder.path, kind: .unreadableFolder)
            }
        }
        guard let entry = pending.popLast() else { return nil }
        if entry.kind == .folder { entered = entry }
        return entry
    }

    /// Leaves the folder out that came last.
    public mutating func skipFolder() { entered = nil }

    /// The size of a regular file in bytes, and how many names it has; nil if it is gone, or none.
    public func size(of entry: SourceEntry) -> (bytes: Int64, names: Int)? {
        var status = stat()
        guard fstatat(root.descriptor.rawValue, entry.path, &status, AT_SYMLINK_NOFOLLOW) == 0,
            status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return (Int64(status.st_size), Int(status.st_nlink))
    }

    func remove(_ entry: SourceEntry) -> Bool { unlinkat(root.descriptor.rawValue, entry.path, 0) == 0 }
}

extension SourceListing {
    /// The folder that paths start from; a class, as several copies of a listing share it.
    private final class Directory {
        let descriptor: FileDescriptor

        init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

        /// What lies in a folder, as far as it can be read, and whether that is all.
        func entries(of folder: String) -> (entries: [SourceEntry], isWhole: Bool) {
            let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
            let opened = openat(descriptor.rawValue, folder.isEmpty ? "." : folder, flags)
            guard opened >= 0 else { return ([], false) }
            guard let stream = fdopendir(opened) else {
                close(opened)
                return ([], false)
            }
            defer { closedir(stream) }
            var entries: [SourceEntry] = []
            while true {
                // Only errno tells the end from a failure.
                errno = 0
                guard let entry = readdir(stream) else { return (entries, errno == 0) }
                let name = Self.withBytes(entry) { String(cString: $0) }
                if name == "." || name == ".." { continue }
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                entries.append(SourceEntry(path: path, kind: Self.kind(entry, in: opened)))
            }
        }

        private static func kind(_ entry: UnsafeMutablePointer<dirent>, in directory: Int32) -> SourceEntry.Kind {
            // A name that is no UTF-8 can't be told to anybody, nor found again by what String makes of it.
            guard withBytes(entry, { String(validatingCString: $0) }) != nil else { return .unusableName }
            switch Int(entry.pointee.d_type) {
            case Int(DT_REG): return .file
            case Int(DT_DIR): return .folder
            case Int(DT_LNK): return .symbolicLink
            case Int(DT_UNKNOWN): break
            default: return .other
            }
            var status = stat()
            guard withBytes(entry, { fstatat(directory, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else { return .other }
            switch status.st_mode & S_IFMT {
            case S_IFREG: return .file
            case S_IFDIR: return .folder
            case S_IFLNK: return .symbolicLink
            default: return .other
            }
        }

        private static func withBytes<Result>(
            _ entry: UnsafeMutablePointer<dirent>,
            _ body: (UnsafePointer<CChar>) -> Result
        ) -> Result {
            withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { body($0) }
            }
        }
    }
}
