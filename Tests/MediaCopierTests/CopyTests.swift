// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Glibc
import Testing

@testable import MediaCopier

@Suite("A copy")
struct CopyTests {
    @Test("has the same bytes and reports size and SHA-256", arguments: Engine.allCases)
    func sameBytes(engine: Engine) throws {
        let folders = try MediaFolders(onDisk: true)
        let files = try (0..<300).map { index in
            try folders.add(
                "\(index % 7)/\(index % 11)/file\(index)", MediaFolders.content(1 + index * 997, seed: index),
                targets: ["local_content/\(index % 5)/\(index)"])
        }
        let (outcomes, summary) = try folders.copy(files, with: engine)
        for (index, file) in files.enumerated() {
            let content = MediaFolders.content(1 + index * 997, seed: index)
            #expect(folders.bytes(atTarget: file.targets[0]) == content)
            #expect(outcomes[index] == MediaOutcome(.copied, size: Int64(content.count), sha256: file.sha256))
        }
        #expect(folders.filesAtTarget == Set(files.map { $0.targets[0] }))
        #expect(summary.filesCopied == 300)
        #expect(summary.bytesCopied == Int64((0..<300).reduce(0) { $0 + 1 + $1 * 997 }))
        #expect(summary.faultCount == 0)
        #expect(summary.engine == engine || engine == .auto)
        #expect(!summary.notes.isEmpty)
    }

    @Test("has the same bytes where no SHA-256 is known or wanted", arguments: Engine.allCases)
    func unhashed(engine: Engine) throws {
        let folders = try MediaFolders()
        var files: [MediaFile] = []
        for (index, count) in [0, 1, 4095, 4096, 262_143, 262_144, 262_145, 3_000_001].enumerated() {
            var file = try folders.add("\(index)", MediaFolders.content(count, seed: index))
            if index.isMultiple(of: 2) { file.sha256 = nil }
            files.append(file)
        }
        let (outcomes, _) = try folders.copy(files, with: engine) { $0.hashing = .never }
        for (index, outcome) in outcomes.enumerated() {
            #expect(outcome?.disposition == .copied)
            #expect(outcome?.sha256 == nil)
            let original = FileManager.default.contents(atPath: folders.source + "/\(index)").map { Array($0) }
            #expect(folders.bytes(atTarget: "\(index)") == original)
        }
    }

    @Test("can carry a SHA-256 that nobody knew", arguments: Engine.allCases)
    func alwaysHashed(engine: Engine) throws {
        let folders = try MediaFolders()
        var file = try folders.add("thumbnail", MediaFolders.content(5000))
        let expected = file.sha256
        file.sha256 = nil
        let (outcomes, _) = try folders.copy([file], with: engine) { $0.hashing = .always }
        #expect(outcomes[0]?.sha256 == expected)
    }

    @Test("may be empty, or larger than what is copied in one go", arguments: Engine.allCases)
    func extremes(engine: Engine) throws {
        let folders = try MediaFolders(onDisk: true)
        let sizes = [0, 1 << 18, 1 << 18 + 1, 1 << 20, 5 << 20 + 17]
        let files = try sizes.map { try folders.add("s/\($0)", MediaFolders.content($0)) }
        let (outcomes, _) = try folders.copy(files, with: engine)
        for (index, size) in sizes.enumerated() {
            #expect(outcomes[index] == MediaOutcome(.copied, size: Int64(size), sha256: files[index].sha256))
            #expect(folders.bytes(atTarget: "s/\(size)") == MediaFolders.content(size))
        }
    }

    @Test("has the same bytes where the page cache has none of them yet", arguments: Engine.allCases)
    func cold(engine: Engine) throws {
        let folders = try MediaFolders(onDisk: true)
        let sizes = [1, 4096, 16_383, 16_384, 16_385, 100_000, 1 << 18, 1 << 18 + 1, 3 << 20, 3 << 20 + 4097]
        var files: [MediaFile] = []
        for (index, size) in sizes.enumerated() {
            files.append(try folders.add("s/\(index)", MediaFolders.content(size, seed: index)))
        }
        for hashing in [CopyOptions.Hashing.always, .never] {
            for file in files {
                let descriptor = open(folders.source + "/" + file.source, O_RDONLY)
                fsync(descriptor)
                posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
                close(descriptor)
            }
            try? FileManager.default.removeItem(atPath: folders.target)
            let (outcomes, _) = try folders.copy(files, with: engine) { $0.hashing = hashing }
            for (index, file) in files.enumerated() {
                #expect(outcomes[index]?.disposition == .copied && outcomes[index]?.isWhole == true)
                #expect(folders.bytes(atTarget: file.source) == MediaFolders.content(sizes[index], seed: index))
            }
        }
    }

    @Test("of large files in their chunks, among small ones, has the same bytes", arguments: Engine.allCases)
    func chunks(engine: Engine) throws {
        let folders = try MediaFolders(onDisk: true)
        let chunk = 1 << 18
        let sizes = [40 * chunk, 16 * chunk + 1, 17 * chunk - 1, 2 * chunk, chunk + 1, 64 * chunk, 5 * chunk + 7]
        var files: [MediaFile] = []
        for (index, size) in sizes.enumerated() {
            let names = ["x/\(index)", "y/\(index)"]
            files.append(try folders.add("large/\(index)", MediaFolders.content(size, seed: index), targets: names))
            for number in 0..<30 {
                let content = MediaFolders.content(1 + number * 5000, seed: number)
                files.append(try folders.add("small/\(index)/\(number)", content))
            }
        }
        for (round, hashing) in [CopyOptions.Hashing.always, .never].enumerated() {
            try? FileManager.default.removeItem(atPath: folders.target)
            let (outcomes, _) = try folders.copy(files, with: engine) {
                $0.hashing = hashing
                // Without the kernel's own way to copy, nothing but reading and writing is left.
                $0.sharing = .never
            }
            for (file, outcome) in zip(files, outcomes) {
                #expect(outcome?.disposition == .copied)
                #expect(outcome?.sha256 == (round == 0 ? file.sha256 : nil))
                for name in file.targets {
                    #expect(try SHA256.digest(folders.bytes(atTarget: name) ?? []) == file.sha256)
                }
            }
            #expect(folders.filesAtTarget == Set(files.flatMap(\.targets)))
        }
    }

    @Test("of a whole folder has everything that is a file, and names the rest", arguments: Engine.allCases)
    func tree(engine: Engine) throws {
        let folders = try MediaFolders()
        for index in 0..<50 {
            try folders.add("a/\(index % 7)/\(index)", MediaFolders.content(index * 3000, seed: index))
        }
        try FileManager.default.createSymbolicLink(
            atPath: folders.source + "/a/link", withDestinationPath: "/etc/passwd")
        try folders.add("a/.matrix-loader-0123456789abcdef.part", [1])
        var options = CopyOptions()
        options.engine = engine
        let copier = MediaCopier(source: folders.source, target: folders.target, options: options)
        #expect(try copier.bytesLeft() == copier.sourceContent().bytes)
        var leftOut: [SourceEntry] = []
        let summary = try copier.copyTree { leftOut.append($0) }
        #expect(leftOut == [SourceEntry(path: "a/link", kind: .symbolicLink)])
        #expect(summary.filesCopied == 50)
        #expect(folders.filesAtTarget == Set((0..<50).map { "a/\($0 % 7)/\($0)" }))
        for index in 0..<50 {
            #expect(
                folders.bytes(atTarget: "a/\(index % 7)/\(index)") == MediaFolders.content(index * 3000, seed: index))
        }
        #expect(try copier.bytesLeft() <= 1)
        #expect(try copier.copyTree { _ in }.filesAlreadyThere == 50)
    }

    @Test("belongs to whom chown(1) would give it")
    func owners() throws {
        typealias Ownership = CopyOptions.Ownership
        let root = Ownership(user: 0, group: 0)
        #expect(try Ownership("root:root") == root)
        #expect(try Ownership("root:") == root)
        #expect(try Ownership("0:0") == root)
        #expect(try Ownership("root") == Ownership(user: 0, group: .max))
        #expect(try Ownership(":0") == Ownership(user: .max, group: 0))
        #expect(try Ownership("1234:5678") == Ownership(user: 1234, group: 5678))
        for text in ["", ":", "no such user", "root:no such group", "-1", "4294967295", "1.2"] {
            #expect(throws: Ownership.Unknown.self) { try Ownership(text) }
        }
    }

    @Test("appears under each of its names", arguments: Engine.allCases)
    func severalTargets(engine: Engine) throws {
        let folders = try MediaFolders(onDisk: true)
        let content = MediaFolders.content(70_000)
        let names = ["local_content/aa/bb/one", "remote_content/example.org/cc/dd/two", "three"]
        let file = try folders.add("q/w/erty/file", content, targets: names)
        let (outcomes, summary) = try folders.copy([file], with: engine)
        #expect(outcomes[0]?.isWhole == true)
        #expect(summary.filesCopied == 1)
        for name in names { #expect(folders.bytes(atTarget: name) == content) }
        #expect(folders.filesAtTarget == Set(names))
    }

    @Test("has the modes that a media store wants", arguments: Engine.allCases)
    func modes(engine: Engine) throws {
        let folders = try MediaFolders()
        let file = try folders.add("a", [1, 2, 3], targets: ["x/y/a"])
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folders.source + "/a")
        try folders.copy([file], with: engine)
        let mask = Int(umask(0))
        umask(mode_t(mask))
        #expect(try folders.permissions(folders.target + "/x/y/a") == 0o644 & ~mask)
        #expect(try folders.permissions(folders.target + "/x/y") == 0o755 & ~mask)
    }

    @Test(
        "belongs to whom it shall", .enabled(if: geteuid() == 0, "only root gives files away"),
        arguments: Engine.allCases)
    func ownership(engine: Engine) throws {
        let folders = try MediaFolders()
        let files = [
            try folders.add("a", [1, 2, 3], targets: ["x/a", "y/a"]), try folders.add("b", [], targets: ["x/b"]),
        ]
        try folders.copy(files, with: engine) { $0.ownership = .init(user: 65534, group: 65533) }
        for path in ["x/a", "y/a", "x/b", "x", "y", ""] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folders.target + "/" + path)
            #expect(attributes[.ownerAccountID] as? Int == 65534)
            #expect(attributes[.groupOwnerAccountID] as? Int == 65533)
        }
    }

    @Test("is made once where a file is listed twice", arguments: Engine.allCases)
    func listedTwice(engine: Engine) throws {
        let folders = try MediaFolders()
        let file = try folders.add("a", MediaFolders.content(9000))
        let (outcomes, _) = try folders.copy(Array(repeating: file, count: 200), with: engine)
        #expect(outcomes.allSatisfy { $0?.isAtTarget == true && $0?.isWhole == true })
        #expect(folders.bytes(atTarget: "a") == MediaFolders.content(9000))
        #expect(folders.filesAtTarget == ["a"])
    }

    @Test("of nothing at all is done at once", arguments: Engine.allCases)
    func nothing(engine: Engine) throws {
        let folders = try MediaFolders()
        let (_, summary) = try folders.copy([], with: engine)
        #expect(summary.filesCopied == 0)
        #expect(folders.filesAtTarget.isEmpty)
    }

    @Test("shares the source's blocks only by name when links are asked for", arguments: Engine.allCases)
    func hardLinks(engine: Engine) throws {
        let folders = try MediaFolders()
        let files = [
            try folders.add("a", MediaFolders.content(9000), targets: ["x/a", "y/a"]),
            try folders.add("b", MediaFolders.content(300_000, seed: 2), targets: ["x/b"]),
        ]
        let (outcomes, summary) = try folders.copy(files, with: engine) { $0.sharing = .link }
        #expect(outcomes.allSatisfy { $0?.disposition == .linked && $0?.sha256 != nil })
        #expect(summary.filesShared == 2)
        let inode = try folders.inode(folders.source + "/a")
        #expect(try folders.inode(folders.target + "/x/a") == inode)
        #expect(try folders.inode(folders.target + "/y/a") == inode)
    }
}
