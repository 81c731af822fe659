// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// A small file system of its own, in a file; unmounted when it goes.
final class LoopDisk {
    /// Where it is mounted.
    let path: String

    /// Whether this user can make one that shares blocks between files.
    static let canShareBlocks = geteuid() == 0 && (try? LoopDisk()) != nil

    init() throws {
        let folder = NSTemporaryDirectory() + "/loop-disk-\(UUID().uuidString)"
        path = folder + "/mounted"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        close(creat(folder + "/image", 0o600))
        truncate(folder + "/image", 320 << 20)
        try Self.run("mkfs.xfs", "-q", "-m", "reflink=1", folder + "/image")
        try Self.run("mount", "-o", "loop", folder + "/image", path)
    }

    deinit {
        try? Self.run("umount", path)
        try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableRuntimeMismatch) }
    }
}
