// SPDX-License-Identifier: Apache-2.0

/// Counts the bytes of one file while they are copied; what becomes of the file says whether they stay counted.
final class FileProgress {
    private let progress: CopyProgress
    private var bytes: Int64 = 0

    init(_ progress: CopyProgress) { self.progress = progress }

    /// Counts bytes that have been written.
    func advance(by count: Int) {
        bytes += Int64(count)
        progress.count(Int64(count))
    }

    /// Leaves the bytes to the file's report, which counts the others only.
    ///
    /// - Returns: How many they are.
    func finish() -> Int64 {
        defer { bytes = 0 }
        return bytes
    }

    /// Counts the bytes no longer: they are to be copied once more, or never.
    func takeBack() { progress.count(-finish()) }
}
