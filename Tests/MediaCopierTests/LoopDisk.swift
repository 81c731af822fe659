// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// A small file system of its own, in a file; unmounted when it goes.
final class LoopDisk {
    /// Where it is mounted.
    let path: String

    /// The file that it is in.
    private let image: String

    /// What it is formatted as.
    enum Format {
        /// Shares blocks between files.
        case xfs
        /// Has checksums of contents, and fails to read what does not fit them.
        case btrfs
    }

    /// Whether this user can make one that shares blocks between files.
    static let canShareBlocks = geteuid() == 0 && (try? LoopDisk()) != nil
    /// Whether this user can make one that notices damage.
    static let canNoticeDamage = geteuid() == 0 && (try? LoopDisk(.btrfs)) != nil

    init(_ format: Format = .xfs) throws {
        let folder = NSTemporaryDirectory() + "/loop-disk-\(UUID().uuidString)"
        path = folder + "/mounted"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        image = folder + "/image"
        close(creat(image, 0o600))
        truncate(image, 320 << 20)
        switch format {
        case .xfs: try Self.run("mkfs.xfs", "-q", "-m", "reflink=1", image)
        case .btrfs: try Self.run("mkfs.btrfs", "-q", "-m", "single", image)
        }
        try Self.run("mount", "-o", "loop", image, path)
    }

    /// Changes one byte of the disk, behind the file system's back, where it holds `content`.
    func damage(_ content: [UInt8]) throws {
        try Self.run("umount", path)
        let place = try Data(contentsOf: URL(filePath: image), options: .alwaysMapped).range(of: Data(content))
        guard let place else { throw CocoaError(.fileReadCorruptFile) }
        let handle = try FileHandle(forUpdating: URL(filePath: image))
        try handle.seek(toOffset: UInt64(place.lowerBound))
        try handle.write(contentsOf: [~content[0]])
        try handle.close()
        try Self.run("mount", "-o", "loop", image, path)
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
