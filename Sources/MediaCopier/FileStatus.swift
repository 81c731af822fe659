// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What `fstat` says about a file, as far as copying it goes.
struct FileStatus: Sendable, Equatable {
    let size: Int64
    let isRegular: Bool
    let device: UInt64
    let inode: UInt64
    let modifiedSeconds: Int
    let modifiedNanoseconds: Int

    init(_ status: stat) {
        size = Int64(status.st_size)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        modifiedSeconds = status.st_mtim.tv_sec
        modifiedNanoseconds = status.st_mtim.tv_nsec
    }

    /// Whether both are the same file, not merely equal ones.
    func isSameFile(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode
    }
}
