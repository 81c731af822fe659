// SPDX-License-Identifier: Apache-2.0

/// MiB that the loader needs at most, on a server of five times `--events`.
struct MemoryBenchmark: Benchmark {
    let name = "memory"
    let goal = Goal(atMost: 512, aim: 256)

    func measure(_ workbench: Workbench) throws -> Double {
        Double(try workbench.migrateLarge().run.peakBytes) / 1_048_576
    }
}
