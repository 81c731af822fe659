// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Glibc
import MediaCopier

/// A source and a target folder for one test, removed when it is over.
final class MediaFolders {
    let base: String
    var source: String { base + "/source" }
    var target: String { base + "/target" }

    /// Two folders in memory, where `syncfs` costs nothing, or on a real disk where that matters.
    convenience init(onDisk: Bool = false) throws {
        let isInMemory = !onDisk && access("/dev/shm", W_OK | X_OK) == 0
        try self.init(in: isInMemory ? "/dev/shm" : NSTemporaryDirectory())
    }

    init(in folder: String) throws {
        var template = Array((folder + "/media-copier-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        base = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: base) }

    /// Bytes that look like nothing, the same for the same seed.
    static func content(_ count: Int, seed: Int = 1) -> [UInt8] {
        var state = UInt64(truncatingIfNeeded: seed) &* 0x9e37_79b9_7f4a_7c15 | 1
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: state >> UInt64(shift * 8))) }
        }
        return Array(bytes.prefix(count))
    }

    /// Writes a file to the source, and says how it is to be copied: with its right SHA-256, to the same path.
    @discardableResult
    func add(_ path: String, _ bytes: [UInt8], targets: [String]? = nil) throws -> MediaFile {
        try write(bytes, to: source + "/" + path)
        return MediaFile(source: path, targets: targets ?? [path], sha256: try SHA256.digest(bytes))
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Foundation.Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    func bytes(atTarget path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: target + "/" + path).map { Array($0) }
    }

    /// Everything at the target: paths of files, relative to it.
    var filesAtTarget: Set<String> {
        let paths = FileManager.default.enumerator(atPath: target)?.compactMap { $0 as? String } ?? []
        return Set(
            paths.filter { path in
                var isDirectory: ObjCBool = false
                return FileManager.default.fileExists(atPath: target + "/" + path, isDirectory: &isDirectory)
                    && !isDirectory.boolValue
            })
    }

    func inode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return attributes[.systemFileNumber] as? Int ?? -1
    }

    func permissions(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return attributes[.posixPermissions] as? Int ?? -1
    }

    /// Copies, and gives back what became of each file, in their order.
    @discardableResult
    func copy(
        _ files: [MediaFile],
        with engine: Engine = .auto,
        _ change: (inout CopyOptions) -> Void = { _ in }
    ) throws -> (outcomes: [MediaOutcome?], summary: MediaSummary) {
        var options = CopyOptions()
        options.engine = engine
        change(&options)
        var outcomes = [MediaOutcome?](repeating: nil, count: files.count)
        let summary = try MediaCopier(source: source, target: target, options: options).copy(files) {
            outcomes[$0] = $1
        }
        return (outcomes, summary)
    }
}
