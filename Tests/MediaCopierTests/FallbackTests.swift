// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Glibc
import MediaCopier
import Testing

/// Each of these runs in a process of its own, from which the kernel takes something away.
@Suite("Where the system refuses something")
struct FallbackTests {
    /// Ends this process: with 0 if `isAsExpected` holds.
    ///
    /// What `isAsExpected` has made is gone by then.
    private static func end(_ isAsExpected: () throws -> Bool) throws -> Never {
        exit(try isAsExpected() ? 0 : 1)
    }

    /// Copies files of all sizes, and tells whether all of them arrived and the notes say why how.
    private static func copies(
        _ engine: Engine,
        hashing: CopyOptions.Hashing = .always,
        saying words: [String]
    ) throws -> Bool {
        let folders = try MediaFolders()
        let sizes = [0, 1, 4096, 100_000, 1 << 18, 1_500_000]
        let files = try sizes.map {
            try folders.add("a/\($0)", MediaFolders.content($0), targets: ["x/\($0)", "y/\($0)"])
        }
        let (outcomes, summary) = try folders.copy(files, with: engine) { $0.hashing = hashing }
        let notes = ([summary.engine.rawValue] + summary.notes).joined(separator: " ")
        return outcomes.allSatisfy { $0?.disposition == .copied && $0?.isWhole == true }
            && sizes.allSatisfy { folders.bytes(atTarget: "x/\($0)") == MediaFolders.content($0) }
            && words.allSatisfy(notes.contains)
    }

    @Test("io_uring, threads copy, and the summary says why")
    func noRing() async {
        await #expect(processExitsWith: .success) {
            guard Confinement.refuse([(Confinement.ioUringSetup, EPERM)]) else { exit(5) }
            try Self.end { try Self.copies(.auto, saying: ["threads", "EPERM"]) }
        }
        await #expect(processExitsWith: .success) {
            guard Confinement.refuse([(Confinement.ioUringSetup, ENOSYS)]) else { exit(5) }
            try Self.end { try Self.copies(.auto, saying: ["threads", "ENOSYS"]) }
        }
    }

    @Test("io_uring, that engine can't be forced")
    func noForcedRing() async {
        await #expect(processExitsWith: .success) {
            guard Confinement.refuse([(Confinement.ioUringSetup, EPERM)]) else { exit(5) }
            try Self.end {
                do {
                    _ = try Self.copies(.uring, saying: [])
                    return false
                } catch let error as MediaError {
                    return error.cause == .engineUnavailable && error.errno == .notPermitted
                }
            }
        }
    }

    @Test("openat2, folders are entered one by one", arguments: Engine.allCases)
    func noOpenat2(engine: Engine) async {
        let name = engine.rawValue
        await #expect(processExitsWith: .success) { [name = name as String] in
            guard Confinement.refuse([(Confinement.openat2, ENOSYS)]) else { exit(5) }
            try Self.end { try Self.copies(Engine(rawValue: name) ?? .auto, saying: []) }
        }
        await #expect(processExitsWith: .success) { [name = name as String] in
            guard Confinement.refuse([(Confinement.openat2, ENOSYS)]) else { exit(5) }
            try Self.end {
                let folders = try MediaFolders()
                try folders.write([1], to: folders.base + "/elsewhere/secret")
                try FileManager.default.createSymbolicLink(
                    atPath: folders.source + "/door", withDestinationPath: folders.base + "/elsewhere")
                let file = MediaFile(source: "door/secret", targets: ["bad"])
                let (outcomes, _) = try folders.copy([file], with: Engine(rawValue: name) ?? .auto)
                return outcomes[0]?.disposition == .refused && folders.filesAtTarget.isEmpty
            }
        }
    }

    @Test("copy_file_range, bytes are read and written")
    func noCopyFileRange() async {
        await #expect(processExitsWith: .success) {
            guard Confinement.refuse([(Confinement.copyFileRange, ENOSYS)]) else { exit(5) }
            try Self.end { try Self.copies(.threads, hashing: .never, saying: ["copy_file_range is refused (ENOSYS"]) }
        }
    }

    @Test("locked memory, the ring does with plain buffers")
    func noLockedMemory() async {
        await #expect(processExitsWith: .success) {
            // Enough for the ring itself, not for its buffers.
            var limit = rlimit(rlim_cur: 2 << 20, rlim_max: 2 << 20)
            setrlimit(__rlimit_resource_t(8), &limit)
            Confinement.becomeNobody()
            try Self.end { try Self.copies(.uring, saying: ["uring", "Plain buffers"]) }
        }
    }

    @Test("to say what the page cache has, files are read through it")
    func noCacheState() async {
        await #expect(processExitsWith: .success) {
            guard Confinement.refuse([(Confinement.cachestat, ENOSYS)]) else { exit(5) }
            try Self.end { try Self.copies(.uring, saying: ["uring"]) }
        }
    }

    @Test("to read a file, it is named as unreadable", arguments: Engine.allCases)
    func unreadable(engine: Engine) async {
        let name = engine.rawValue
        await #expect(processExitsWith: .success) { [name = name as String] in
            Confinement.becomeNobody()
            try Self.end {
                let folders = try MediaFolders()
                let good = try folders.add("good", MediaFolders.content(1000))
                let bad = try folders.add("bad", MediaFolders.content(1000))
                chmod(folders.source + "/bad", 0)
                let (outcomes, _) = try folders.copy([bad, good], with: Engine(rawValue: name) ?? .auto)
                return outcomes[0]?.fault == .unreadable && outcomes[1]?.isWhole == true
            }
        }
    }

    @Test("more bytes in a file, that is a limit reached, and nothing unfinished stays", arguments: Engine.allCases)
    func fileSizeLimit(engine: Engine) async {
        let name = engine.rawValue
        await #expect(processExitsWith: .success) { [name = name as String] in
            try Self.end {
                let folders = try MediaFolders()
                let small = try (0..<20).map { try folders.add("small/\($0)", MediaFolders.content(1000, seed: $0)) }
                let large = try folders.add("large", MediaFolders.content(200_000))
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
                setrlimit(__rlimit_resource_t(1), &limit)
                do {
                    try folders.copy(small + [large], with: Engine(rawValue: name) ?? .auto)
                    return false
                } catch let error as MediaError {
                    return error.cause == .fullDisk && error.errno == .fileTooLarge
                        && folders.filesAtTarget.allSatisfy { $0.hasPrefix("small/") }
                }
            }
        }
    }

    @Test("to let a file keep still, it has changed while it was copied", arguments: Engine.allCases)
    func changing(engine: Engine) throws {
        let folders = try MediaFolders()
        var file = try folders.add("a", MediaFolders.content(4 << 20))
        file.sha256 = nil
        let path = folders.source + "/a"
        let isOver = Foundation.NSLock()
        isOver.lock()
        Foundation.Thread.detachNewThread {
            let descriptor = open(path, O_WRONLY | O_APPEND)
            while !isOver.try() {
                _ = write(descriptor, "x", 1)
                usleep(2000)
            }
            close(descriptor)
        }
        // The limit makes the copy last for many of the other thread's writes.
        let (outcomes, _) = try folders.copy([file], with: engine) { $0.bandwidthLimit = 16 << 20 }
        isOver.unlock()
        #expect(outcomes[0]?.fault == .changedWhileCopied)
        #expect(folders.filesAtTarget.isEmpty)
    }

    @Test("to list a folder, that folder is named as unreadable")
    func unlistable() async throws {
        let folders = try MediaFolders()
        try folders.add("a", [1])
        let (source, target) = (folders.source, folders.target)
        await #expect(processExitsWith: .success) { [source = source as String, target = target as String] in
            guard Confinement.refuse([(Confinement.getdents64, EIO)]) else { exit(5) }
            var left: [SourceEntry] = []
            let summary = try MediaCopier(source: source, target: target).copyTree { left.append($0) }
            exit(left == [SourceEntry(path: ".", kind: .unreadableFolder)] && summary.filesCopied == 0 ? 0 : 1)
        }
    }
}
