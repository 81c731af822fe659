// SPDX-License-Identifier: Apache-2.0
import MediaCopier

/// Our copier as it chooses to work ÷ a pool of sixteen threads of `copy_file_range`.
struct MediaThreadsBenchmark: Benchmark {
    let condition: MediaCondition
    var name: String { "media-threads\(condition.suffix)" }
    let goal = Goal(atMost: 1.05, aim: 0.9)

    func measure(_ workbench: Workbench) throws -> Double {
        let race = try MediaRace(workbench, condition)
        let results = try race.run([
            ("ours", { try race.ours() }),
            ("16 threads", { try race.ours { ($0.engine, $0.threads) = (.threads, 16) } }),
        ])
        return results[0].seconds / results[1].seconds
    }
}
