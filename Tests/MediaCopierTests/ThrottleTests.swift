// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Synchronization
import Testing

@testable import MediaCopier

@Suite("A bandwidth limit")
struct ThrottleTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("has bytes wait until those before them are used up, and saves nothing for later")
    func waiting() {
        let throttle = Throttle(bytesPerSecond: 1000)
        let start = 10 * Self.second
        #expect(throttle.grant(500, at: start) == 0)
        #expect(throttle.grant(1500, at: start) == Self.second / 2)
        #expect(throttle.grant(1, at: start + Self.second) == Self.second)
        let later = start + 100 * Self.second
        #expect(throttle.grant(3000, at: later) == 0)
        #expect(throttle.grant(1, at: later + Self.second) == 2 * Self.second)
    }

    @Test("is none where there is none")
    func unlimited() {
        let throttle = Throttle(bytesPerSecond: nil)
        #expect(!throttle.isLimiting)
        for _ in 0..<3 { #expect(throttle.grant(.max, at: 0) == 0) }
    }

    @Test(
        "is asked for all bytes of a small file and of a large one, by every engine", arguments: Engine.allCases,
        [CopyOptions.Hashing.always, .never])
    func engines(engine: Engine, hashing: CopyOptions.Hashing) throws {
        for size in [10_000, 3 << 20] {
            let folders = try MediaFolders()
            let file = try folders.add("file", MediaFolders.content(size))
            var options = CopyOptions()
            (options.engine, options.hashing) = (engine, hashing)
            // So many that nobody waits for long.
            let limit = 1 << 30
            options.bandwidthLimit = limit
            let copier = MediaCopier(source: folders.source, target: folders.target, options: options)
            let site = copier.site(
                try SourceTree(folders.source), try TargetTree(folders.target, ownership: nil), CopyProgress(),
                clones: false)
            let start = Throttle.now
            var isWhole = false
            _ = try copier.run([file], site) { isWhole = $1.isWhole }
            #expect(isWhole)
            let cost = UInt64(size) * Self.second / UInt64(limit)
            #expect(site.throttle.usedUp.withLock { $0 } >= start + cost - 1)
        }
    }

    @Test(
        "keeps nobody waiting who asks to stop, by every engine", arguments: Engine.allCases,
        [CopyOptions.Hashing.always, .never])
    func cancelled(engine: Engine, hashing: CopyOptions.Hashing) throws {
        for size in [100_000, 3 << 20] {
            let folders = try MediaFolders()
            let files = try (0..<4).map { try folders.add("\($0)", MediaFolders.content(size)) }
            var options = CopyOptions()
            (options.engine, options.hashing) = (engine, hashing)
            // Half a minute for each, and they are four.
            options.bandwidthLimit = size / 30
            let copier = MediaCopier(source: folders.source, target: folders.target, options: options)
            let progress = CopyProgress()
            let site = copier.site(
                try SourceTree(folders.source), try TargetTree(folders.target, ownership: nil), progress, clones: false)
            let start = Throttle.now
            Foundation.Thread.detachNewThread {
                while site.throttle.usedUp.withLock({ $0 }) == 0 { usleep(1000) }
                progress.cancel()
            }
            let error = #expect(throws: MediaError.self) { try copier.run(files, site) { _, _ in } }
            #expect(error?.cause == .cancelled)
            #expect(Throttle.now - start < 15 * Self.second)
        }
    }
}
