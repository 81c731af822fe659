// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Glibc
import MediaCopier
import Testing

@Suite("A second run")
struct ResumeTests {
    private func files(_ folders: MediaFolders) throws -> [MediaFile] {
        try (0..<50).map { index in
            try folders.add(
                "\(index)", MediaFolders.content(index == 7 ? 600_000 : 3000 + index, seed: index),
                targets: ["x/\(index % 5)/\(index)"])
        }
    }

    @Test("copies nothing that is there", arguments: Engine.allCases)
    func nothingTwice(engine: Engine) throws {
        let folders = try MediaFolders()
        let files = try files(folders)
        try folders.copy(files, with: engine)
        let before = try files.map { try folders.inode(folders.target + "/" + $0.targets[0]) }
        let (outcomes, summary) = try folders.copy(files, with: engine)
        #expect(outcomes.allSatisfy { $0?.disposition == .alreadyThere && $0?.isWhole == true })
        #expect(summary.filesCopied == 0)
        #expect(summary.filesAlreadyThere == files.count)
        #expect(try files.map { try folders.inode(folders.target + "/" + $0.targets[0]) } == before)
    }

    @Test("copies what is missing or has another size", arguments: Engine.allCases)
    func rest(engine: Engine) throws {
        let folders = try MediaFolders()
        let files = try files(folders)
        try folders.copy(files, with: engine)
        try FileManager.default.removeItem(atPath: folders.target + "/" + files[3].targets[0])
        try folders.write([1, 2, 3], to: folders.target + "/" + files[7].targets[0])
        try folders.write([1, 2, 3], to: folders.target + "/" + files[8].targets[0])
        let (outcomes, summary) = try folders.copy(files, with: engine)
        #expect(summary.filesCopied == 3)
        for index in [3, 7, 8] { #expect(outcomes[index]?.disposition == .copied) }
        for file in files {
            let content = try #require(folders.bytes(atTarget: file.targets[0]))
            #expect(try SHA256.digest(content) == file.sha256)
        }
    }

    @Test("adds the names that are missing", arguments: Engine.allCases)
    func names(engine: Engine) throws {
        let folders = try MediaFolders()
        var file = try folders.add("a", MediaFolders.content(4000), targets: ["x/a"])
        try folders.copy([file], with: engine)
        file.targets = ["y/a", "x/a", "z/a"]
        let (outcomes, _) = try folders.copy([file], with: engine)
        #expect(outcomes[0]?.disposition == .copied)
        #expect(folders.filesAtTarget == ["x/a", "y/a", "z/a"])
        #expect(folders.bytes(atTarget: "z/a") == MediaFolders.content(4000))
        let (again, _) = try folders.copy([file], with: engine)
        #expect(again[0]?.disposition == .alreadyThere)
    }

    @Test("finds a silent change if it is to verify", arguments: Engine.allCases)
    func verify(engine: Engine) throws {
        let folders = try MediaFolders()
        var files = try files(folders)
        files[4].sha256 = nil
        try folders.copy(files, with: engine)
        for index in [4, 5, 7] {
            var content = try #require(folders.bytes(atTarget: files[index].targets[0]))
            content[17] ^= 1
            try folders.write(content, to: folders.target + "/" + files[index].targets[0])
        }
        let (blind, _) = try folders.copy(files, with: engine)
        #expect(blind.allSatisfy { $0?.disposition == .alreadyThere })
        let (outcomes, summary) = try folders.copy(files, with: engine) { $0.verifies = true }
        for index in [4, 5, 7] { #expect(outcomes[index]?.disposition == .copied) }
        #expect(outcomes[6] == MediaOutcome(.alreadyThere, size: 3006, sha256: files[6].sha256))
        #expect(summary.filesCopied == 3)
        let (last, _) = try folders.copy(files, with: engine) { $0.verifies = true }
        #expect(last.allSatisfy { $0?.disposition == .alreadyThere && $0?.sha256 != nil })
    }

    @Test("does not miss a source file whose copy is whole", arguments: Engine.allCases)
    func sourceGone(engine: Engine) throws {
        let folders = try MediaFolders()
        let files = try files(folders)
        try folders.copy(files, with: engine)
        try FileManager.default.removeItem(atPath: folders.source + "/3")
        let (outcomes, summary) = try folders.copy(files, with: engine)
        #expect(outcomes[3] == MediaOutcome(.alreadyThere, size: 3003, sha256: files[3].sha256))
        #expect(summary.faultCount == 0)
    }

    @Test("removes what a killed run left behind", arguments: Engine.allCases)
    func leftovers(engine: Engine) throws {
        let folders = try MediaFolders()
        let files = try files(folders)
        let strays = [".matrix-loader-0123456789abcdef.part", "x/1/.matrix-loader-fedcba9876543210.part"]
        for stray in strays { try folders.write([1], to: folders.target + "/" + stray) }
        try folders.write([2], to: folders.target + "/x/1/.matrix-loader-note.part")
        // The lock file that stays behind is how the next run knows.
        try folders.write([], to: folders.target + "/.matrix-loader.lock")
        let (outcomes, summary) = try folders.copy(files, with: engine)
        #expect(outcomes.allSatisfy { $0?.disposition == .copied })
        #expect(summary.notes.contains { $0.contains("2 unfinished files") })
        #expect(folders.filesAtTarget == Set(files.map { $0.targets[0] } + ["x/1/.matrix-loader-note.part"]))
    }

    @Test("is refused while another one is at work", arguments: Engine.allCases)
    func lock(engine: Engine) throws {
        let folders = try MediaFolders()
        let files = try files(folders)
        try folders.write([], to: folders.target + "/.matrix-loader.lock")
        let other = open(folders.target + "/.matrix-loader.lock", O_RDWR)
        #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
        let error = #expect(throws: MediaError.self) { try folders.copy(files, with: engine) }
        #expect(error?.cause == .targetInUse)
        #expect(folders.filesAtTarget == [".matrix-loader.lock"])
        close(other)
        let (_, summary) = try folders.copy(files, with: engine)
        #expect(summary.filesCopied == files.count)
        #expect(folders.filesAtTarget == Set(files.map { $0.targets[0] }))
    }

    @Test("may be a dry one, which writes nothing", arguments: Engine.allCases)
    func dryRun(engine: Engine) throws {
        let folders = try MediaFolders()
        let files = try files(folders)
        let (outcomes, summary) = try folders.copy(
            files + [MediaFile(source: "none", targets: ["none"])], with: engine
        ) { $0.isDryRun = true }
        #expect(outcomes.dropLast().allSatisfy { $0?.disposition == .wouldCopy })
        #expect(outcomes.last??.fault == .missing)
        #expect(summary.filesToCopy == files.count)
        #expect(!FileManager.default.fileExists(atPath: folders.target))

        try folders.copy(Array(files.prefix(10)), with: engine)
        let (next, _) = try folders.copy(files, with: engine) { $0.isDryRun = true }
        #expect(next.prefix(10).allSatisfy { $0?.disposition == .alreadyThere })
        #expect(next.dropFirst(10).allSatisfy { $0?.disposition == .wouldCopy })
        #expect(folders.filesAtTarget.count == 10)
    }
}
