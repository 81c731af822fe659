// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What this process itself needs, from a moment on.
struct BenchProcess {
    private let begin = clock()

    /// Forgets the memory that was needed before.
    init() {
        // https://www.kernel.org/doc/html/latest/filesystems/proc.html: 5 sets the peak to what is resident now.
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    var processorSeconds: Double { Double(clock() - begin) / Double(CLOCKS_PER_SEC) }

    /// Bytes resident at most; nil where /proc does not say it.
    var peakMemory: Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(separator: " ").dropLast().last.flatMap({ Int($0) })
        else { return nil }
        return kibibytes * 1024
    }
}
