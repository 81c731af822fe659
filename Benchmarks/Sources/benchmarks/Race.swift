// SPDX-License-Identifier: Apache-2.0

/// Several ways to do the same, each in turn, so that what else the machine does hits all of them.
enum Race {
    /// Runs each way in turn, round after round.
    ///
    /// - Parameters:
    ///   - rounds: how often each way runs; the warm-up comes on top and does not count.
    ///   - ways: each with a name for the log; they are told the number of the round, 0 for the warm-up.
    /// - Returns: all runs of each way.
    static func run(rounds: Int, _ ways: [(name: String, run: (Int) throws -> Execution)]) throws -> [[Execution]] {
        var results = ways.map { _ in [Execution]() }
        for round in 0...rounds {
            for (index, way) in ways.enumerated() {
                let execution = try way.run(round)
                let seconds = Benchmarks.text(execution.seconds)
                let processor = Benchmarks.text(execution.processorSeconds)
                let isWarmUp = round == 0 ? " (warm-up)" : ""
                say("  \(way.name): \(seconds) s, \(processor) s of CPU, \(execution.peakBytes >> 20) MiB\(isWarmUp)")
                if round > 0 { results[index].append(execution) }
            }
        }
        return results
    }
}

extension [Execution] {
    /// The wall clock's seconds.
    var seconds: Double { map(\.seconds).median }
    var processorSeconds: Double { map(\.processorSeconds).median }
}

extension [Double] {
    /// The middle one, or the mean of the two in the middle.
    var median: Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
