// SPDX-License-Identifier: Apache-2.0
import MediaCopier

/// Our copier with SHA-256 of every file ÷ without.
struct MediaHashBenchmark: Benchmark {
    let condition: MediaCondition
    var name: String { "media-hash\(condition.suffix)" }
    let goal = Goal(atMost: 1.15, aim: 1)

    func measure(_ workbench: Workbench) throws -> Double {
        let race = try MediaRace(workbench, condition)
        let results = try race.run([
            ("with hashes", { try race.ours { $0.hashing = .always } }), ("without", { try race.ours() }),
        ])
        return results[0].seconds / results[1].seconds
    }
}
