// SPDX-License-Identifier: Apache-2.0

/// The processor time of our copier, without hashes, ÷ that of `cp -r`.
struct MediaProcessorBenchmark: Benchmark {
    let condition: MediaCondition
    var name: String { "media-cpu\(condition.suffix)" }
    let goal = Goal(atMost: 1.2, aim: 0.9)

    func measure(_ workbench: Workbench) throws -> Double {
        let race = try MediaRace(workbench, condition)
        let results = try race.run([("ours", { try race.ours() }), ("cp -r", { try race.cp() })])
        return results[0].processorSeconds / results[1].processorSeconds
    }
}
