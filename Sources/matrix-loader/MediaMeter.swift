// SPDX-License-Identifier: Apache-2.0
import MediaCopier

/// Makes a line of what the copier counts: files, bytes, how fast it is, how long it will take.
struct MediaMeter {
    private static let window = 5.0
    /// Bytes at moments of the last seconds, from which the rate follows.
    private var samples: [(seconds: Double, bytes: Int)] = []

    /// What to show now.
    ///
    /// - Parameters:
    ///   - progress: the counters.
    ///   - seconds: since the beginning.
    /// - Returns: nil before the first byte.
    mutating func line(_ progress: CopyProgress, at seconds: Double) -> String? {
        let (files, bytes) = (progress.filesDone, progress.bytesDone)
        guard files > 0 || bytes > 0 else { return nil }
        samples.append((seconds, bytes))
        while samples.count > 2, seconds - samples[1].seconds >= Self.window { samples.removeFirst() }
        let expected = progress.filesExpected
        var parts = [
            "\(Amount.count(files))\(expected > files ? " of \(Amount.count(expected))" : "") files",
            Amount.bytes(bytes),
        ]
        if let rate {
            parts.append("\(Amount.bytes(rate))/s")
            // How much there is, is only what uploads said of themselves.
            let left = progress.bytesExpected - bytes
            if left > 0, rate > 0 { parts.append("~\(Amount.clock(Double(left) / Double(rate))) left") }
        }
        if progress.faultsFound > 0 { parts.append("\(Amount.count(progress.faultsFound)) bad") }
        return parts.joined(separator: ", ")
    }

    private var rate: Int? {
        guard let first = samples.first, let last = samples.last, last.seconds - first.seconds > 0.5 else { return nil }
        // A file that is begun once more takes its bytes back.
        return max(0, Int(Double(last.bytes - first.bytes) / (last.seconds - first.seconds)))
    }
}
