// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Removes the unfinished files of a run that was killed.
struct LeftoverSweep {
    let target: TargetTree

    /// Looks through the whole target, following no symbolic link.
    ///
    /// - Returns: How many files were removed.
    func run() -> Int {
        var removed = 0
        // Paths, not open directories, wait: the tree may be deeper than the process may have files open.
        var pending = ["."]
        while let directory = pending.popLast() {
            let descriptor = openat(
                target.root.rawValue, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            guard let stream = fdopendir(descriptor) else {
                close(descriptor)
                continue
            }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = Self.name(entry)
                if TemporaryName.matches(name) {
                    if unlinkat(descriptor, name, 0) == 0 { removed += 1 }
                } else if name != ".", name != "..", Self.isDirectory(entry, name, in: descriptor) {
                    pending.append("\(directory)/\(name)")
                }
            }
        }
        return removed
    }

    private static func name(_ entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafePointer(to: &entry.pointee.d_name) { name in
            name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
        }
    }

    private static func isDirectory(_ entry: UnsafeMutablePointer<dirent>, _ name: String, in directory: Int32) -> Bool {
        guard Int(entry.pointee.d_type) == Int(DT_UNKNOWN) else { return Int(entry.pointee.d_type) == Int(DT_DIR) }
        var status = stat()
        guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR
    }
}
