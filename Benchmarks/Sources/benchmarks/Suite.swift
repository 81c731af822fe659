// SPDX-License-Identifier: Apache-2.0

/// All benchmarks, in the order in which they share what they make.
enum Suite {
    static let all: [any Benchmark] = [
        ScannerBenchmark(), RestoreBenchmark(), ProcessorBenchmark(), ReferenceBenchmark(), GiantRoomBenchmark(),
        PublishedServerBenchmark(), GrowthBenchmark(), MemoryBenchmark(), MediaPeersBenchmark(),
        MediaThreadsBenchmark(),
        MediaHashBenchmark(), MediaProcessorBenchmark(), MediaMemoryBenchmark(),
    ]
}
