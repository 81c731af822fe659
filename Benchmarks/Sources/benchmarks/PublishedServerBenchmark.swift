// SPDX-License-Identifier: Apache-2.0

/// Seconds for a server of the size that dendrite2synapse published of its own migration, media included.
struct PublishedServerBenchmark: Benchmark {
    let name = "bocken"
    let goal = Goal(atMost: 3, aim: 1.5)

    func measure(_ workbench: Workbench) throws -> Double {
        var source = Source(events: 51_474)
        source.users = 1194
        source.rooms = 300
        source.mediaFiles = 2747
        source.mediaPath = workbench.freshPath("uploads")
        source = try workbench.databases.source(source)
        let results = try Race.run(
            rounds: workbench.settings.rounds,
            [("matrix-loader migrate", { [source] _ in try workbench.databases.migrate(source) })])
        return results[0].seconds
    }
}
