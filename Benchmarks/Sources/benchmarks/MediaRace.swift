// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Copies of one media store, all under one condition.
struct MediaRace {
    private let workbench: Workbench
    private let store: String
    private let files: Int
    private let condition: MediaCondition

    /// Twenty thousand pictures and three films, or as `--files` says.
    init(_ workbench: Workbench, _ condition: MediaCondition) throws {
        self.workbench = workbench
        self.condition = condition
        let shape = MediaStore.Shape(files: workbench.settings.files, sizes: 20_000...200_000, largeFiles: 3)
        store = try workbench.mediaStore(shape)
        files = shape.files + shape.largeFiles
    }

    func ours(_ change: (inout MediaCopy) -> Void = { _ in }) throws -> Execution {
        let target = workbench.copyPath()
        var copy = MediaCopy(store, files: files, to: target)
        copy.isDurable = condition.isDurable
        change(&copy)
        try prepare()
        return try copy.execute()
    }

    /// A peer, and one `sync -f` after it where we do the same ourselves.
    func peer(_ arguments: (_ source: String, _ target: String) -> [String]) throws -> Execution {
        let target = workbench.copyPath()
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        try prepare()
        let copy = try Execution.run(arguments(store, target))
        guard condition.isDurable else { return copy }
        let flush = try Execution.run(["sync", "-f", target])
        return Execution(
            seconds: copy.seconds + flush.seconds, processorSeconds: copy.processorSeconds + flush.processorSeconds,
            peakBytes: copy.peakBytes)
    }

    func cp() throws -> Execution { try peer { ["cp", "-r", $0, $1] } }

    /// Whatever was written before is on disk, and the page cache has all of the store, or nothing if we may empty it.
    private func prepare() throws {
        Machine.dropCaches()
        guard condition.isWarm else { return }
        _ = try Execution.run(["sh", "-c", "find \"$0\" -type f -exec cat {} + > /dev/null", store])
    }

    /// Several ways in turn.
    func run(_ ways: [(name: String, run: () throws -> Execution)]) throws -> [[Execution]] {
        if !condition.isWarm, !Machine.dropCaches() { say("  the page cache is warm: only root may empty it") }
        let results = try Race.run(
            rounds: workbench.settings.rounds, ways.map { way in (way.name, { _ in try way.run() }) })
        workbench.removeCopies(files: files)
        return results
    }
}
