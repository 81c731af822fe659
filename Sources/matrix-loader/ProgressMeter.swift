// SPDX-License-Identifier: Apache-2.0
import Loader

/// Makes a line of what workers count: how far it has come, how fast it is, how long it will take.
struct ProgressMeter {
    /// The weight that was done before this run began.
    private let doneBefore: Int
    /// Rows at moments of the last seconds, from which the rate follows.
    private var samples: [(seconds: Double, rows: Int)] = []
    private static let window = 5.0

    init(doneBefore: Int = 0) { self.doneBefore = doneBefore }

    /// What to show now.
    ///
    /// - Parameters:
    ///   - snapshot: the counters.
    ///   - seconds: since the beginning.
    mutating func line(_ snapshot: LoadProgress.Snapshot, at seconds: Double) -> String {
        samples.append((seconds, snapshot.rows))
        while samples.count > 2, seconds - samples[1].seconds >= Self.window { samples.removeFirst() }
        var parts = [phase(snapshot), "\(Amount.count(snapshot.rows)) rows"]
        if let rate { parts.append("\(Amount.count(rate))/s") }
        if snapshot.expectedWeight > 0 {
            parts.append("\(Int(fraction(snapshot) * 100)) %")
            if let left = secondsLeft(snapshot, seconds) { parts.append("~\(Amount.clock(left)) left") }
        }
        if snapshot.rejected > 0 { parts.append("\(Amount.count(snapshot.rejected)) rejected") }
        let steps = snapshot.running.prefix(4).joined(separator: ", ")
        if !steps.isEmpty { parts.append(steps + (snapshot.running.count > 4 ? ", …" : "")) }
        return parts.joined(separator: " · ")
    }

    private func phase(_ snapshot: LoadProgress.Snapshot) -> String {
        if snapshot.expectedWeight == 0 { return "planning" }
        let isRebuilding = snapshot.running.allSatisfy { step in
            ["index ", "constraint ", "foreign key ", "trigger ", "ANALYZE"].contains {
                step.hasPrefix($0)
            }
        }
        return isRebuilding && !snapshot.running.isEmpty ? "indexes" : "loading"
    }

    private var rate: Int? {
        guard let first = samples.first, let last = samples.last, last.seconds - first.seconds > 0.5 else { return nil }
        return Int(Double(last.rows - first.rows) / (last.seconds - first.seconds))
    }

    private func fraction(_ snapshot: LoadProgress.Snapshot) -> Double {
        guard snapshot.expectedWeight > 0 else { return 0 }
        return min(Double(snapshot.doneWeight) / Double(snapshot.expectedWeight), 1)
    }

    /// A guess from what this run has done in its time; nil before there is anything to guess from.
    private func secondsLeft(_ snapshot: LoadProgress.Snapshot, _ seconds: Double) -> Double? {
        let (left, done) = (snapshot.expectedWeight - snapshot.doneWeight, snapshot.doneWeight - doneBefore)
        // The last steps have no weight to speak of, and their time cannot be told from rows.
        guard left * 100 > snapshot.expectedWeight, done * 50 > left, seconds > 1 else { return nil }
        return seconds * Double(left) / Double(done)
    }
}
