// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc

/// Finds out whether a target's files can share blocks with the source's.
enum CloneProbe {
    /// Tries it out on two files of the target, which it removes again.
    ///
    /// - Returns: Whether the target's file system shares blocks and the source can be on the same one.
    static func run(from source: SourceTree, to target: TargetTree) -> Bool {
        guard isSameFileSystem(source.root.rawValue, target.root.rawValue) else { return false }
        let names = [".matrix-loader-clone-from", ".matrix-loader-clone-to"]
        defer { for name in names { target.remove(name) } }
        do throws(Errno) {
            let from = try FileDescriptor(names[0], in: target.root.rawValue, O_RDWR | O_CREAT, mode: 0o600)
            let to = try FileDescriptor(names[1], in: target.root.rawValue, O_RDWR | O_CREAT, mode: 0o600)
            // Clones go by whole blocks; room without content will do.
            guard ftruncate(from.rawValue, 1 << 16) == 0 else { return false }
            return cliburing_clone(to.rawValue, from.rawValue) == 0
        } catch {
            return false
        }
    }

    /// Device numbers won't do: each subvolume of a btrfs has its own.
    private static func isSameFileSystem(_ one: Int32, _ other: Int32) -> Bool {
        var first = statfs()
        var second = statfs()
        guard fstatfs(one, &first) == 0, fstatfs(other, &second) == 0 else { return false }
        return first.f_type == second.f_type && first.f_blocks == second.f_blocks && first.f_bsize == second.f_bsize
    }
}
