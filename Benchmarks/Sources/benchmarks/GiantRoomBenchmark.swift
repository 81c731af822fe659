// SPDX-License-Identifier: Apache-2.0

/// A server with four fifths of its events in one room ÷ one whose rooms are all alike.
struct GiantRoomBenchmark: Benchmark {
    let name = "giant-room"
    let goal = Goal(atMost: 1.25, aim: 1.1)

    func measure(_ workbench: Workbench) throws -> Double {
        let databases = workbench.databases
        var even = Source(events: workbench.settings.events)
        even.isEven = true
        var giant = even
        giant.giantRoom = 80
        (even, giant) = (try databases.source(even), try databases.source(giant))
        let results = try Race.run(
            rounds: workbench.settings.rounds,
            [
                ("80 % in one room", { [giant] _ in try databases.migrate(giant) }),
                ("even rooms", { [even] _ in try databases.migrate(even) }),
            ])
        return results[0].seconds / results[1].seconds
    }
}
