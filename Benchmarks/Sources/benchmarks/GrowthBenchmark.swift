// SPDX-License-Identifier: Apache-2.0

/// The loader's processor time per event on a server of five times `--events` ÷ on one of half as many.
struct GrowthBenchmark: Benchmark {
    let name = "growth"
    let goal = Goal(atMost: 1.2, aim: 1.05)

    func measure(_ workbench: Workbench) throws -> Double {
        let small = try workbench.databases.source(Source(events: max(1, workbench.settings.events / 2)))
        let runs = try Race.run(
            rounds: workbench.settings.rounds,
            [("half as many events", { _ in try workbench.databases.migrate(small) })])
        let (large, run) = try workbench.migrateLarge()
        let (few, many) = (
            runs[0].processorSeconds / Double(small.events), run.processorSeconds / Double(large.events)
        )
        say("  \(Benchmarks.text(few * 1e6)) µs an event, \(Benchmarks.text(many * 1e6)) µs on the large server")
        return many / few
    }
}
