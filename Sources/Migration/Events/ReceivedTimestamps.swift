// SPDX-License-Identifier: Apache-2.0

/// The `received_ts` of every event above zero: the latest `origin_server_ts` of all events up to it.
///
/// Dendrite does not know when an event came in. Synapse finds positions by time with a binary search over
/// `received_ts`, so that must never fall along the stream. Eight bytes for each number of the sequence.
struct ReceivedTimestamps: Sendable {
    /// By stream ordering; below zero far from any event.
    private var latest = PagedArray<Int64>(-1)
    private let now: Int64

    /// Timestamps of which none is noted.
    ///
    /// - Parameter now: no event came in later than this; ms.
    init(now: Int64) {
        self.now = now
    }

    /// ms; nil below zero, where an event's own time serves, and where none was noted.
    func at(_ streamOrdering: Int64) -> Int64? {
        guard streamOrdering > 0 else { return nil }
        let timestamp = latest[streamOrdering]
        return timestamp >= 0 ? timestamp : nil
    }

    /// Notes one event's `origin_server_ts`, ms; events may come in any order.
    mutating func add(_ timestamp: Int64, at streamOrdering: Int64) {
        guard streamOrdering > 0 else { return }
        latest[streamOrdering] = max(latest[streamOrdering], min(timestamp, now))
    }

    /// Call once after the last event: from then on each number has the latest time up to it.
    mutating func run() {
        var known: Int64 = 0
        latest.forEach { timestamp in
            known = max(known, timestamp)
            timestamp = known
        }
    }
}
