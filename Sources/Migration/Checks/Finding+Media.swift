// SPDX-License-Identifier: Apache-2.0
import Foundation
public import Loader

extension Finding {
    /// Too little room for files of media; both numbers are bytes.
    public static func noRoom(at target: String, needed: Int64, free: Int64) -> Finding {
        Finding(
            .error, target, "the media needs \(needed >> 20) MiB, and \(free >> 20) MiB are free",
            remedy: "Make room there, or use --link if both folders are on one file system")
    }

    /// A folder that would be copied into itself; nil where the target does not lie in the source.
    public static func nested(from source: String, to target: String) -> Finding? {
        guard URL(filePath: source).isFolder, URL(filePath: target).isWithin(URL(filePath: source)) else { return nil }
        return Finding(
            .error, target, "it is in \(source), so what is copied would be copied again with the next run",
            remedy: "Name a folder outside of it")
    }

    /// Two folders between which no file can be linked.
    public static func notLinkable(from source: String, to target: String) -> Finding {
        Finding(
            .error, target, "it is not on the file system of \(source), so files cannot be linked",
            remedy: "Leave --link out, or name a folder on that file system")
    }
}
