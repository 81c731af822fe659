// SPDX-License-Identifier: Apache-2.0

/// MiB that our copier needs at most for a million files of a kibibyte: fifty times `--files`.
struct MediaMemoryBenchmark: Benchmark {
    let name = "media-memory"
    let goal = Goal(atMost: 128, aim: 64)

    func measure(_ workbench: Workbench) throws -> Double {
        let files = workbench.settings.files * 50
        let store = try workbench.mediaStore(MediaStore.Shape(files: files, sizes: 1024...1024))
        let execution = try MediaCopy(store, files: files, to: workbench.freshPath("copied")).execute()
        say("  \(files) files in \(Benchmarks.text(execution.seconds)) s")
        return Double(execution.peakBytes) / 1_048_576
    }
}
