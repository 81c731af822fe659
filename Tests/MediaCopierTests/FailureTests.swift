// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Glibc
import MediaCopier
import Testing

@Suite("Copying ends with a clear error")
struct FailureTests {
    @Test(
        "on a full disk, and goes on once there is room",
        .enabled(if: SmallDisk.isPossible, "needs the right to mount"), arguments: Engine.allCases)
    func fullDisk(engine: Engine) throws {
        let folders = try MediaFolders()
        let files =
            try (0..<200).map { try folders.add("\($0)", MediaFolders.content(50_000, seed: $0)) }
            + [try folders.add("large", MediaFolders.content(3 << 20))]
        try FileManager.default.createDirectory(atPath: folders.target, withIntermediateDirectories: true)
        let disk = try SmallDisk(at: folders.target, mebibytes: 4)
        defer { withExtendedLifetime(disk) {} }

        var options = CopyOptions()
        options.engine = engine
        var copied: [Int] = []
        let copier = MediaCopier(source: folders.source, target: folders.target, options: options)
        let error = #expect(throws: MediaError.self) {
            try copier.copy(files) { index, outcome in
                #expect(outcome.isWhole)
                copied.append(index)
            }
        }
        #expect(error?.cause == .fullDisk)
        #expect(error?.errno == .noSpace)
        #expect(error?.description.contains("ENOSPC") == true)
        #expect(!copied.isEmpty && copied.count < files.count)
        for index in copied {
            let expected = index == 200 ? MediaFolders.content(3 << 20) : MediaFolders.content(50_000, seed: index)
            let isWhole = folders.bytes(atTarget: files[index].targets[0]) == expected
            #expect(isWhole, "\(files[index].targets[0])")
        }
        // Files in flight may have become whole unreported, but nothing is there that is not whole.
        for name in folders.filesAtTarget {
            #expect(folders.bytes(atTarget: name)?.count == (name == "large" ? 3 << 20 : 50_000))
        }

        try disk.grow(toMebibytes: 40)
        let (outcomes, summary) = try folders.copy(files, with: engine)
        #expect(outcomes.allSatisfy { $0?.isWhole == true })
        #expect(summary.filesAlreadyThere >= copied.count)
    }

    @Test("without a source folder", arguments: Engine.allCases)
    func noSource(engine: Engine) throws {
        let folders = try MediaFolders()
        var options = CopyOptions()
        options.engine = engine
        let copier = MediaCopier(source: folders.base + "/none", target: folders.target, options: options)
        let error = #expect(throws: MediaError.self) { try copier.copy([]) }
        #expect(error?.errno == .noSuchFile)
        #expect(error?.description.contains("/none") == true)
    }

    @Test("where a folder can't be made", arguments: Engine.allCases)
    func fileInTheWay(engine: Engine) throws {
        let folders = try MediaFolders()
        let file = try folders.add("a", [1, 2, 3], targets: ["x/a"])
        try folders.write([1], to: folders.target + "/x")
        let error = #expect(throws: MediaError.self) { try folders.copy([file], with: engine) }
        #expect(error?.cause == .system)
        #expect(error?.path.contains("x") == true)
        #expect(folders.filesAtTarget == ["x"])
    }

    @Test("when somebody asks to stop", arguments: Engine.allCases)
    func cancelled(engine: Engine) throws {
        let folders = try MediaFolders()
        let files = try (0..<2000).map { try folders.add("\($0)", [UInt8($0 % 256)]) }
        var options = CopyOptions()
        options.engine = engine
        let progress = CopyProgress()
        let error = #expect(throws: MediaError.self) {
            try MediaCopier(source: folders.source, target: folders.target, options: options)
                .copy(files, progress: progress) { _, _ in progress.cancel() }
        }
        #expect(error?.cause == .cancelled)
        #expect(folders.filesAtTarget.allSatisfy { !$0.contains(".part") && !$0.contains(".lock") })
        let (outcomes, _) = try folders.copy(files, with: engine)
        #expect(outcomes.allSatisfy { $0?.isWhole == true })
    }

    @Test("and the space there is can be asked for beforehand")
    func space() throws {
        let folders = try MediaFolders()
        let there = try MediaCopier(source: folders.source, target: folders.base).availableSpace()
        let notYet = try MediaCopier(source: folders.source, target: folders.base + "/no/such").availableSpace()
        #expect(there > 0)
        #expect(notYet > 0)
    }
}
