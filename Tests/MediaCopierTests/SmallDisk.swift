// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// A file system in memory with little room; unmounted when it goes.
final class SmallDisk {
    private let path: String

    /// Whether this process may mount.
    static let isPossible: Bool = {
        guard let folders = try? MediaFolders() else { return false }
        return (try? SmallDisk(at: folders.source, mebibytes: 1)) != nil
    }()

    init(at path: String, mebibytes: Int) throws {
        self.path = path
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(mebibytes)m") == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    deinit { umount2(path, 2) }

    func grow(toMebibytes mebibytes: Int) throws {
        let result = mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(mebibytes)m")
        guard result == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
