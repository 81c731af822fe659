// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What the copier needs to know of paths below a root.
enum RelativePath {
    /// Whether a path stays below its root by its letters alone, and fits the system's limits.
    static func isUsable(_ path: String) -> Bool {
        guard !path.isEmpty, path.utf8.count < Int(PATH_MAX) - 64, !path.utf8.contains(0) else { return false }
        return path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { component in
            !component.isEmpty && component.count <= Int(NAME_MAX) && !component.elementsEqual(".".utf8)
                && !component.elementsEqual("..".utf8)
        }
    }

    /// The directory that a path lies in; `nil` for one right below the root.
    static func parent(_ path: String) -> Substring? {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] }
    }

    /// The first directory on the way; `nil` for a path right below the root.
    static func firstComponent(_ path: String) -> Substring? {
        path.utf8.firstIndex(of: UInt8(ascii: "/")).map { path[..<$0] }
    }

    /// A number that stands for a path: FNV-1a, the same in each run.
    static func number(_ path: some StringProtocol) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return hash
    }
}
