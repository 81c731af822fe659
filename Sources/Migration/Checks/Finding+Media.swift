// SPDX-License-Identifier: Apache-2.0
public import Loader

extension Finding {
    /// Too little room for files of media; both numbers are bytes.
    public static func noRoom(at target: String, needed: Int64, free: Int64) -> Finding {
        Finding(
            .error, target, "the media needs \(needed >> 20) MiB, and \(free >> 20) MiB are free",
            remedy: "Make room there, or use --link if both folders are on one file system")
    }

    /// Two folders between which no file can be linked.
    public static func notLinkable(from source: String, to target: String) -> Finding {
        Finding(
            .error, target, "it is not on the file system of \(source), so files cannot be linked",
            remedy: "Leave --link out, or name a folder on that file system")
    }
}
