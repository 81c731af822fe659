// SPDX-License-Identifier: Apache-2.0

/// Microseconds of processor time that the loader itself needs for an event.
struct ProcessorBenchmark: Benchmark {
    let name = "cpu"
    let goal = Goal(atMost: 4, aim: 2.5)

    func measure(_ workbench: Workbench) throws -> Double {
        let (source, runs) = try workbench.migrations ?? migrate(workbench)
        return runs.processorSeconds / Double(source.events) * 1e6
    }

    private func migrate(_ workbench: Workbench) throws -> (Source, [Execution]) {
        let source = try workbench.databases.source(Source(events: workbench.settings.events))
        let results = try Race.run(
            rounds: workbench.settings.rounds,
            [("matrix-loader migrate", { _ in try workbench.databases.migrate(source) })])
        return (source, results[0])
    }
}
