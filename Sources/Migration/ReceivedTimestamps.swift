// SPDX-License-Identifier: Apache-2.0

/// The `received_ts` of every event above zero: the latest `origin_server_ts` of all events up to it.
///
/// Dendrite does not know when an event came in. Synapse finds positions by time with a binary search over
/// `received_ts`, so that must never fall along the stream. Eight bytes for each number of the sequence.
struct ReceivedTimestamps: Sendable {
    /// `latest[n]` belongs to stream ordering `n`.
    private var latest: [Int64] = []
    private let now: Int64

    /// - Parameter now: no event came in later than this; ms.
    init(now: Int64) {
        self.now = now
    }

    /// ms; nil below zero, where an event's own time serves.
    func at(_ streamOrdering: Int64) -> Int64? {
        guard streamOrdering > 0, streamOrdering < latest.count else { return nil }
        return latest[Int(streamOrdering)]
    }

    /// Notes one event's `origin_server_ts`, ms; events may come in any order.
    mutating func add(_ timestamp: Int64, at streamOrdering: Int64) {
        guard streamOrdering > 0 else { return }
        let index = Int(streamOrdering)
        if index >= latest.count {
            // Ids come about in order: grow by a quarter, not by one.
            latest.append(contentsOf: repeatElement(0, count: max(index - latest.count + 1, latest.count / 4)))
        }
        latest[index] = max(latest[index], min(timestamp, now))
    }

    /// Call once after the last event: from then on each number has the latest time up to it.
    mutating func run() {
        for index in latest.indices.dropFirst() { latest[index] = max(latest[index], latest[index - 1]) }
    }
}
