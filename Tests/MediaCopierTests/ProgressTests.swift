// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import MediaCopier
import Synchronization
import Testing

@Suite("The progress of a copy")
struct ProgressTests {
    private static let size = 32 << 20

    private static func copy(
        _ files: [MediaFile],
        in folders: MediaFolders,
        with engine: Engine,
        _ progress: CopyProgress,
        _ change: (inout CopyOptions) -> Void = { _ in }
    ) throws {
        var options = CopyOptions()
        options.engine = engine
        // Without clones, which have no progress.
        options.sharing = .never
        change(&options)
        _ = try MediaCopier(source: folders.source, target: folders.target, options: options)
            .copy(files, progress: progress)
    }

    @Test(
        "counts a large file's bytes while it is copied, no longer if it is given up, and once if it is copied after all",
        arguments: Engine.allCases, [CopyOptions.Hashing.always, .never])
    func underWay(engine: Engine, hashing: CopyOptions.Hashing) throws {
        let folders = try MediaFolders()
        let file = try folders.add("film", MediaFolders.content(Self.size))
        let progress = CopyProgress()
        // Stops the copy as soon as it sees a byte of the unfinished file; it sees none if they count only at the end.
        let seen = Mutex(0)
        let isOver = Foundation.NSLock()
        isOver.lock()
        Foundation.Thread.detachNewThread {
            while !isOver.try() {
                let bytes = progress.bytesDone
                if bytes > 0 {
                    seen.withLock { $0 = max($0, bytes) }
                    progress.cancel()
                }
                usleep(500)
            }
            isOver.unlock()
        }
        #expect(throws: MediaError.self) {
            try Self.copy([file], in: folders, with: engine, progress) {
                $0.hashing = hashing
                // So that it is not over before it is stopped.
                $0.bandwidthLimit = 16 << 20
            }
        }
        isOver.unlock()
        let bytes = seen.withLock { $0 }
        #expect(bytes > 0 && bytes < Self.size)
        #expect(progress.filesDone == 0)
        #expect(progress.bytesDone == 0)
        let next = CopyProgress()
        try Self.copy([file], in: folders, with: engine, next) { $0.hashing = hashing }
        #expect(next.bytesDone == Self.size)
        #expect(next.filesDone == 1)
    }

    @Test("comes to the sum of all sizes, whatever became of the files", arguments: Engine.allCases)
    func sum(engine: Engine) throws {
        let folders = try MediaFolders(onDisk: true)
        let sizes = [0, 1, 70_000, 1 << 18, 1 << 18 + 1, 3_000_000, 9 << 20, 9 << 20 + 5]
        var files: [MediaFile] = []
        for (index, size) in sizes.enumerated() {
            files.append(try folders.add("good/\(index)", MediaFolders.content(size, seed: index)))
            var damaged = try folders.add("damaged/\(index)", MediaFolders.content(size + 1, seed: index))
            damaged.sha256 = files[index * 2].sha256
            files.append(damaged)
        }
        files.append(MediaFile(source: "missing", targets: ["missing"]))
        let total = sizes.reduce(0) { $0 + 2 * $1 + 1 }
        // The second run finds the good ones at the target.
        for _ in 0..<2 {
            let progress = CopyProgress()
            try Self.copy(files, in: folders, with: engine, progress)
            #expect(progress.bytesDone == total)
            #expect(progress.filesDone == files.count)
            #expect(progress.faultsFound == sizes.count + 1)
        }
    }
}
