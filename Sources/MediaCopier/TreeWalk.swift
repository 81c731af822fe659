// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc

/// Goes through a folder and those below it, following no symbolic link.
struct TreeWalk {
    /// Something that was met.
    struct Entry {
        /// Relative to the root.
        let path: String
        let name: String
        let kind: SourceEntry.Kind
        /// The open directory that it lies in.
        let directory: Int32
    }

    /// An open directory.
    let root: Int32

    /// Goes everywhere but into folders that can't be opened.
    ///
    /// - Parameter visit: Is lent each entry; `directory` is closed afterwards.
    /// - Returns: The folders that could not be opened.
    func run(_ visit: (Entry) -> Void) -> [String] {
        var unreadable: [String] = []
        // Paths, not open directories, wait: the tree may be deeper than the process may have files open.
        var pending: [String?] = [nil]
        while let folder = pending.popLast() {
            let descriptor = openat(root, folder ?? ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else {
                unreadable.append(folder ?? ".")
                continue
            }
            guard let stream = fdopendir(descriptor) else {
                close(descriptor)
                unreadable.append(folder ?? ".")
                continue
            }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = Self.name(entry)
                if name == "." || name == ".." { continue }
                let path = folder.map { "\($0)/\(name)" } ?? name
                let kind = Self.kind(entry, in: descriptor)
                visit(Entry(path: path, name: name, kind: kind, directory: descriptor))
                if kind == .folder { pending.append(path) }
            }
        }
        return unreadable
    }

    private static func name(_ entry: UnsafeMutablePointer<dirent>) -> String {
        withBytes(entry) { String(cString: $0) }
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
