// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Glibc
import Testing

@testable import MediaCopier

@Suite("A bad file is named and not copied")
struct FaultTests {
    /// Copies one bad file among good ones, and expects that only those arrive.
    private func expectFault(
        _ reason: MediaFault.Reason,
        _ engine: Engine,
        _ folders: MediaFolders,
        _ bad: MediaFile,
        _ change: (inout CopyOptions) -> Void = { _ in }
    ) throws {
        let good = try (0..<10).map { try folders.add("good/\($0)", MediaFolders.content(2000, seed: $0)) }
        var bad = bad
        bad.identifier = "mxc://example.org/bad"
        let (outcomes, summary) = try folders.copy([bad] + good, with: engine, change)
        #expect(outcomes[0]?.fault == reason)
        #expect(outcomes[0]?.disposition == .refused)
        #expect(outcomes.dropFirst().allSatisfy { $0?.disposition == .copied && $0?.isWhole == true })
        #expect(summary.faults.map(\.identifier) == ["mxc://example.org/bad"])
        #expect(summary.faults.first?.description.contains(reason.sentence) == true)
        #expect(summary.faultCounts == [reason.name: 1])
        #expect(folders.filesAtTarget == Set(good.map { $0.targets[0] }))
    }

    @Test("missing", arguments: Engine.allCases)
    func missing(engine: Engine) throws {
        let folders = try MediaFolders()
        try expectFault(.missing, engine, folders, MediaFile(source: "no/such", targets: ["x"]))
        try expectFault(
            .missing, engine, try MediaFolders(),
            MediaFile(source: "no/such", targets: ["x"], sha256: try SHA256.digest("gone")))
    }

    @Test("damaged, small or large", arguments: Engine.allCases)
    func damaged(engine: Engine) throws {
        for size in [5000, 2_000_000] {
            let folders = try MediaFolders()
            let bad = try folders.add("bad", MediaFolders.content(size))
            var content = MediaFolders.content(size)
            content[size / 2] ^= 1
            try folders.write(content, to: folders.source + "/bad")
            try expectFault(.damaged, engine, folders, bad)
        }
    }

    @Test("truncated or too long, by its SHA-256", arguments: Engine.allCases)
    func wrongSize(engine: Engine) throws {
        for (size, reason) in [(4000, MediaFault.Reason.truncated), (6000, .oversized)] {
            let folders = try MediaFolders()
            var bad = try folders.add("bad", MediaFolders.content(5000))
            bad.expectedSize = 5000
            try folders.write(MediaFolders.content(size), to: folders.source + "/bad")
            try expectFault(reason, engine, folders, bad)
        }
    }

    @Test("truncated, by its size alone", arguments: Engine.allCases)
    func wrongSizeWithoutDigest(engine: Engine) throws {
        let folders = try MediaFolders()
        try folders.add("bad", MediaFolders.content(4000))
        try expectFault(.truncated, engine, folders, MediaFile(source: "bad", targets: ["bad"], expectedSize: 5000))
    }

    @Test("a wrong size counts for nothing where the SHA-256 is right", arguments: Engine.allCases)
    func wrongRecordedSize(engine: Engine) throws {
        let folders = try MediaFolders()
        var file = try folders.add("a", MediaFolders.content(5000))
        file.expectedSize = 17
        let (outcomes, _) = try folders.copy([file], with: engine)
        #expect(outcomes[0] == MediaOutcome(.copied, size: 5000, sha256: file.sha256))
    }

    @Test("a directory, a symbolic link or a FIFO in its place", arguments: Engine.allCases)
    func notAFile(engine: Engine) throws {
        var folders = try MediaFolders()
        try FileManager.default.createDirectory(atPath: folders.source + "/bad", withIntermediateDirectories: true)
        try expectFault(.notARegularFile, engine, folders, MediaFile(source: "bad", targets: ["bad"]))

        folders = try MediaFolders()
        try folders.add("real", [1, 2, 3])
        try FileManager.default.createSymbolicLink(atPath: folders.source + "/bad", withDestinationPath: "real")
        try expectFault(.notARegularFile, engine, folders, MediaFile(source: "bad", targets: ["bad"]))

        folders = try MediaFolders()
        #expect(mkfifo(folders.source + "/bad", 0o600) == 0)
        try expectFault(.notARegularFile, engine, folders, MediaFile(source: "bad", targets: ["bad"]))
    }

    @Test("a path that leads out of the source", arguments: Engine.allCases)
    func outside(engine: Engine) throws {
        var folders = try MediaFolders()
        try folders.write([1, 2, 3], to: folders.base + "/elsewhere/secret")
        try FileManager.default.createSymbolicLink(
            atPath: folders.source + "/door", withDestinationPath: folders.base + "/elsewhere")
        try expectFault(.outsideTheSource, engine, folders, MediaFile(source: "door/secret", targets: ["bad"]))

        for path in ["../elsewhere/secret", "/etc/passwd", "", "a//b", "./a"] {
            folders = try MediaFolders()
            try folders.write([1, 2, 3], to: folders.base + "/elsewhere/secret")
            try expectFault(.unusablePath, engine, folders, MediaFile(source: path, targets: ["bad"]))
        }
    }

    @Test("a target path that leads out of the target", arguments: Engine.allCases)
    func outsideTarget(engine: Engine) throws {
        for path in ["../bad", "/tmp/bad", "", "a/../../bad", String(repeating: "x", count: 256)] {
            let folders = try MediaFolders()
            try folders.add("bad", [1, 2, 3])
            try expectFault(.unusablePath, engine, folders, MediaFile(source: "bad", targets: [path]))
        }
    }

    @Test("that the kernel cannot read", arguments: Engine.allCases)
    func readError(engine: Engine) throws {
        // Nothing is mapped at address 0: a regular file of which no byte can be read.
        let folders = try MediaFolders()
        var options = CopyOptions()
        options.engine = engine
        let summary = try MediaCopier(source: "/proc/self", target: folders.target, options: options)
            .copy([MediaFile(source: "mem", targets: ["mem"])])
        #expect(summary.faults.map(\.reason.name) == ["io-error"])
        #expect(summary.faults.first?.description.contains("EIO") == true)
        #expect(folders.filesAtTarget.isEmpty)
    }

    @Test(
        "on a disk that is damaged, at its beginning or far inside, small or large",
        .enabled(if: LoopDisk.canNoticeDamage, "needs root, mkfs.btrfs and a loop device"), arguments: Engine.allCases)
    func damagedDisk(engine: Engine) throws {
        let disk = try LoopDisk(.btrfs)
        defer { withExtendedLifetime(disk) {} }
        let folders = try MediaFolders(in: disk.path)
        let (small, large) = (MediaFolders.content(20_000, seed: 5), MediaFolders.content(3 << 20, seed: 6))
        var files = [try folders.add("small", small), try folders.add("large", large)]
        for index in 0..<10 { files.append(try folders.add("\(index)", MediaFolders.content(3 << 18, seed: index))) }
        sync()
        // Compressible contents would not be found.
        try disk.damage(Array(small[8192..<8224]))
        try disk.damage(Array(large[2_400_000..<2_400_032]))
        let (outcomes, summary) = try folders.copy(files, with: engine)
        #expect(outcomes.prefix(2).allSatisfy { $0?.fault == .io(Errno(rawValue: EIO)) })
        #expect(outcomes.dropFirst(2).allSatisfy { $0?.isWhole == true && $0?.isAtTarget == true })
        #expect(summary.faultCounts == ["io-error": 2])
        #expect(folders.filesAtTarget == Set((0..<10).map { "\($0)" }))
    }

    @Test("gone before or while it was copied", arguments: Engine.allCases)
    func vanished(engine: Engine) throws {
        let folders = try MediaFolders()
        let files = try (0..<400).map { try folders.add("\($0)", MediaFolders.content(30_000, seed: $0)) }
        let (source, isOver) = (folders.source, Foundation.NSLock())
        isOver.lock()
        Foundation.Thread.detachNewThread {
            // From the end, so that some go before and some after they were copied.
            for index in (0..<400).reversed() {
                if isOver.try() { break }
                unlink("\(source)/\(index)")
            }
        }
        let (outcomes, _) = try folders.copy(files, with: engine)
        isOver.unlock()
        for (index, outcome) in outcomes.enumerated() {
            let isThere = folders.bytes(atTarget: "\(index)") == MediaFolders.content(30_000, seed: index)
            #expect(outcome?.isWhole == true ? isThere : outcome?.fault == .missing || outcome?.fault == .vanished)
        }
        #expect(folders.filesAtTarget.count == outcomes.count { $0?.isAtTarget == true })
    }

    @Test("unless damaged ones are to be kept", arguments: Engine.allCases)
    func keptDamaged(engine: Engine) throws {
        let folders = try MediaFolders()
        let bad = try folders.add("bad", MediaFolders.content(5000))
        let damaged = MediaFolders.content(5000, seed: 2)
        try folders.write(damaged, to: folders.source + "/bad")
        for _ in 0..<2 {
            let (outcomes, summary) = try folders.copy([bad], with: engine) { $0.keepsDamaged = true }
            #expect(outcomes[0]?.fault == .damaged)
            #expect(outcomes[0]?.isAtTarget == true)
            #expect(outcomes[0]?.sha256 == (try SHA256.digest(damaged)))
            #expect(summary.faultCounts == ["damaged": 1])
            #expect(folders.bytes(atTarget: "bad") == damaged)
        }
        // Once the source is healed, so is the target.
        try folders.add("bad", MediaFolders.content(5000))
        let (outcomes, _) = try folders.copy([bad], with: engine) { $0.keepsDamaged = true }
        #expect(outcomes[0]?.isWhole == true)
        #expect(folders.bytes(atTarget: "bad") == MediaFolders.content(5000))
    }

    @Test("and many of them are counted while the first are listed", arguments: Engine.allCases)
    func many(engine: Engine) throws {
        let folders = try MediaFolders()
        let files = (0..<3000).map { MediaFile(source: "none/\($0)", targets: ["x/\($0)"]) }
        let (outcomes, summary) = try folders.copy(files, with: engine)
        #expect(outcomes.allSatisfy { $0?.fault == .missing })
        #expect(summary.faultCount == 3000)
        #expect(summary.faults.count == MediaSummary.faultLimit)
    }
}
