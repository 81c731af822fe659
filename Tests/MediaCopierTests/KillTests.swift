// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Glibc
import MediaCopier
import Testing

@Suite("A run that is killed at any point")
struct KillTests {
    private static let count = 400

    private static func size(_ index: Int) -> Int { index.isMultiple(of: 50) ? 700_000 : 1 + index * 53 }
    private static func source(_ index: Int) -> String { "\(index % 4)/\(index)" }
    /// Some have two names.
    private static func targets(_ index: Int) -> [String] {
        ["x/\(index % 16)/\(index)"] + (index.isMultiple(of: 9) ? ["y/\(index)"] : [])
    }

    /// Copies the first files in this process, which kills itself once so many bytes are on their way.
    private static func copyAndDie(source: String, target: String, engine: String, files: Int, bytes: Int) throws {
        var options = CopyOptions()
        options.engine = Engine(rawValue: engine) ?? .auto
        let progress = CopyProgress()
        Foundation.Thread.detachNewThread {
            while progress.bytesDone < bytes { usleep(50) }
            kill(getpid(), SIGKILL)
        }
        var next = 0
        // Without an end, so that the copy cannot come to its own before it is killed: after those files, one that is not there.
        let endless = AnyIterator {
            defer { next += 1 }
            guard next < files else { return MediaFile(source: "none", targets: ["none"]) }
            return MediaFile(source: Self.source(next), targets: Self.targets(next))
        }
        _ = try MediaCopier(source: source, target: target, options: options).copy(endless, progress: progress)
    }

    @Test("leaves only whole files, and the next run brings the target to equal the source", arguments: Engine.allCases)
    func killed(engine: Engine) async throws {
        let folders = try MediaFolders(onDisk: true)
        let files = try (0..<Self.count).map {
            try folders.add(Self.source($0), MediaFolders.content(Self.size($0), seed: $0), targets: Self.targets($0))
        }
        let names = Set(files.flatMap(\.targets))
        for _ in 0..<13 {
            try? FileManager.default.removeItem(atPath: folders.target)
            let (source, target, name) = (folders.source, folders.target, engine.rawValue)
            let first = Int.random(in: 1..<Self.count)
            let bytes = Int.random(in: 0...(0..<first).reduce(0) { $0 + Self.size($1) })
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    source = source as String, target = target as String, name = name as String, first = first as Int,
                    bytes = bytes as Int
                ] in
                try Self.copyAndDie(source: source, target: target, engine: name, files: first, bytes: bytes)
            }
            // Otherwise nothing would be left for the next run.
            #expect(!folders.filesAtTarget.isSuperset(of: names))
            for file in files {
                for name in file.targets {
                    guard let content = folders.bytes(atTarget: name) else { continue }
                    #expect(try SHA256.digest(content) == file.sha256)
                }
            }
            let (outcomes, _) = try folders.copy(files, with: engine)
            #expect(outcomes.allSatisfy { $0?.isWhole == true && $0?.isAtTarget == true })
            #expect(folders.filesAtTarget == names)
            for file in files {
                let content = try #require(folders.bytes(atTarget: file.targets[0]))
                #expect(try SHA256.digest(content) == file.sha256)
            }
        }
    }
}
