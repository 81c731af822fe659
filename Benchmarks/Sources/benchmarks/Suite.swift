// SPDX-License-Identifier: Apache-2.0

/// All benchmarks, in the order in which they share what they make.
enum Suite {
    static let all: [any Benchmark] =
        [
            ScannerBenchmark(), RestoreBenchmark(), ProcessorBenchmark(), ReferenceBenchmark(), GiantRoomBenchmark(),
            PublishedServerBenchmark(), GrowthBenchmark(), MemoryBenchmark(),
        ] + MediaCondition.all.flatMap(media) + [MediaMemoryBenchmark()]

    private static func media(_ condition: MediaCondition) -> [any Benchmark] {
        [
            MediaPeersBenchmark(condition: condition), MediaThreadsBenchmark(condition: condition),
            MediaHashBenchmark(condition: condition), MediaProcessorBenchmark(condition: condition),
        ]
    }
}
