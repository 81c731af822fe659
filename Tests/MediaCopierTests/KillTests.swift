// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Glibc
import MediaCopier
import Testing

@Suite("A run that is killed at any point")
struct KillTests {
    /// Small and large files, some of them under two names.
    private static func files(_ folders: MediaFolders) throws -> [MediaFile] {
        try (0..<400).map { index in
            let size = index.isMultiple(of: 50) ? 700_000 : 1 + index * 53
            let names = ["x/\(index % 16)/\(index)"] + (index.isMultiple(of: 9) ? ["y/\(index)"] : [])
            return try folders.add("\(index % 4)/\(index)", MediaFolders.content(size, seed: index), targets: names)
        }
    }

    /// Copies in this process, which kills itself after so many microseconds.
    private static func copyAndDie(source: String, target: String, engine: String, delay: UInt32) throws {
        var options = CopyOptions()
        options.engine = Engine(rawValue: engine) ?? .auto
        Foundation.Thread.detachNewThread {
            usleep(delay)
            kill(getpid(), SIGKILL)
        }
        let files = FileManager.default.enumerator(atPath: source)?.compactMap { $0 as? String } ?? []
        let copier = MediaCopier(source: source, target: target, options: options)
        _ = try copier.copy(
            files.filter { $0.contains("/") }.map { path in
                let index = Int((path as NSString).lastPathComponent) ?? 0
                let names = ["x/\(index % 16)/\(index)"] + (index.isMultiple(of: 9) ? ["y/\(index)"] : [])
                return MediaFile(source: path, targets: names)
            })
        // Done before it was time to die.
        kill(getpid(), SIGKILL)
    }

    @Test("leaves only whole files, and the next run brings the target to equal the source", arguments: Engine.allCases)
    func killed(engine: Engine) async throws {
        let folders = try MediaFolders(onDisk: true)
        let files = try Self.files(folders)
        let names = Set(files.flatMap(\.targets))
        for _ in 0..<13 {
            try? FileManager.default.removeItem(atPath: folders.target)
            let (source, target, name) = (folders.source, folders.target, engine.rawValue)
            let delay = UInt32.random(in: 0..<60_000)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [source = source as String, target = target as String, name = name as String, delay = delay as UInt32]
                in
                try Self.copyAndDie(source: source, target: target, engine: name, delay: delay)
            }
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
