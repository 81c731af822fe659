// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Testing

@testable import MediaCopier

@Suite("Where the file system shares blocks")
struct CloneTests {
    @Test(
        "files are cloned, hashed nevertheless, and bad ones found",
        .enabled(if: LoopDisk.canShareBlocks, "needs root, mkfs.xfs and a loop device"),
        arguments: [Engine.auto, .threads, .plain])
    func cloned(engine: Engine) throws {
        let disk = try LoopDisk()
        defer { withExtendedLifetime(disk) {} }
        let folders = try MediaFolders(in: disk.path)
        var files = try [0, 1, 5000, 300_000, 2_000_000].map {
            try folders.add("\($0)", MediaFolders.content($0), targets: ["x/\($0)", "y/\($0)"])
        }
        files.append(MediaFile(source: "5000", targets: ["bad"], sha256: try SHA256.digest("other")))
        let (outcomes, summary) = try folders.copy(files, with: engine)
        #expect(
            outcomes.dropLast().allSatisfy { $0?.disposition == .cloned && $0?.sha256 != nil && $0?.isWhole == true })
        #expect(outcomes.last??.fault == .damaged)
        #expect(summary.filesShared == 5)
        #expect(summary.engine == (engine == .auto ? .threads : engine))
        for size in [0, 1, 5000, 300_000, 2_000_000] {
            #expect(folders.bytes(atTarget: "y/\(size)") == MediaFolders.content(size))
        }
        #expect(folders.filesAtTarget.count == 10)
        let (again, _) = try folders.copy(Array(files.dropLast()), with: engine)
        #expect(again.allSatisfy { $0?.disposition == .alreadyThere })
    }

    @Test(
        "a target on another one gets copies",
        .enabled(if: LoopDisk.canShareBlocks, "needs root, mkfs.xfs and a loop device"), arguments: Engine.allCases)
    func otherFileSystem(engine: Engine) throws {
        let disk = try LoopDisk()
        defer { withExtendedLifetime(disk) {} }
        let folders = try MediaFolders()
        let file = try folders.add("a", MediaFolders.content(5000))
        var options = CopyOptions()
        options.engine = engine
        for sharing in [CopyOptions.Sharing.clone, .link] {
            options.sharing = sharing
            let target = disk.path + "/\(sharing)"
            let summary = try MediaCopier(source: folders.source, target: target, options: options).copy([file])
            #expect(summary.filesCopied == 1)
            #expect(summary.filesShared == 0)
            #expect(FileManager.default.contents(atPath: target + "/a").map { Array($0) } == MediaFolders.content(5000))
        }
    }
}
