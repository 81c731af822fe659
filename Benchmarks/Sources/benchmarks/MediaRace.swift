// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Copies of one media store, cold where we may empty the page cache, and durable: each way counts until all is on disk.
struct MediaRace {
    private let workbench: Workbench
    private let store: String
    private let files: Int

    /// Twenty thousand pictures and three films, or as `--files` says.
    init(_ workbench: Workbench) throws {
        self.workbench = workbench
        let shape = MediaStore.Shape(files: workbench.settings.files, sizes: 20_000...200_000, largeFiles: 3)
        store = try workbench.mediaStore(shape)
        files = shape.files + shape.largeFiles
    }

    func ours(_ change: (inout MediaCopy) -> Void = { _ in }) throws -> Execution {
        let target = workbench.copyPath()
        var copy = MediaCopy(store, files: files, to: target)
        change(&copy)
        Machine.dropCaches()
        return try copy.execute()
    }

    /// A peer, and one `sync -f` after it, as we do it ourselves.
    func peer(_ arguments: (_ source: String, _ target: String) -> [String]) throws -> Execution {
        let target = workbench.copyPath()
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        Machine.dropCaches()
        let copy = try Execution.run(arguments(store, target))
        let flush = try Execution.run(["sync", "-f", target])
        return Execution(
            seconds: copy.seconds + flush.seconds, processorSeconds: copy.processorSeconds + flush.processorSeconds,
            peakBytes: copy.peakBytes)
    }

    func cp() throws -> Execution { try peer { ["cp", "-r", $0, $1] } }

    /// Several ways in turn.
    func run(_ ways: [(name: String, run: () throws -> Execution)]) throws -> [[Execution]] {
        if !Machine.dropCaches() { say("  the page cache is warm: only root may empty it") }
        let results = try Race.run(
            rounds: workbench.settings.rounds, ways.map { way in (way.name, { _ in try way.run() }) })
        workbench.removeCopies(files: files)
        return results
    }
}
