// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Counters that workers add to and a reader polls.
public final class LoadProgress: Sendable {
    private let rows = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)
    private let rejects = Atomic<Int>(0)
    private let expected = Atomic<Int>(0)
    private let done = Atomic<Int>(0)
    private let running = Mutex<[String: Step]>([:])

    /// A load or rebuild under way.
    private struct Step {
        let began = ContinuousClock.now
        /// What it counts for once it is done, and the rows that it has sent so far.
        var weight = 0
        var rows = 0
    }

    /// All counters at zero.
    public init() {}

    /// What a reader sees at one moment.
    public struct Snapshot: Sendable {
        /// Rows sent by this process so far, those of loads that are rolled back later included.
        public let rows: Int
        /// Bytes of those rows, as a binary COPY has them; those that a statement wrote in the target count none.
        public let bytes: Int
        /// Rows that could not be loaded.
        public let rejected: Int
        /// The weight of all loads: expected rows.
        public let expectedWeight: Int
        /// How much of ``expectedWeight`` is done, by whomever; a load under way counts by the rows that it has sent.
        public let doneWeight: Int
        /// The loads and rebuilds under way, the oldest first.
        public let running: [String]
    }

    /// The counters as they are now; each is read by itself.
    public var snapshot: Snapshot {
        let steps = running.withLock { $0 }
        return Snapshot(
            rows: rows.load(ordering: .relaxed), bytes: bytes.load(ordering: .relaxed),
            rejected: rejects.load(ordering: .relaxed), expectedWeight: expected.load(ordering: .relaxed),
            doneWeight: done.load(ordering: .relaxed) + steps.values.reduce(0) { $0 + min($1.rows, $1.weight) },
            running: steps.sorted { $0.value.began < $1.value.began }.map(\.key)
        )
    }

    /// Adds what a step has sent.
    public func loaded(rows count: Int, bytes size: Int, by step: String) {
        rows.wrappingAdd(count, ordering: .relaxed)
        bytes.wrappingAdd(size, ordering: .relaxed)
        running.withLock { $0[step]?.rows += count }
    }

    func rejected() { rejects.wrappingAdd(1, ordering: .relaxed) }

    /// Says how much there is to do in all.
    public func expect(_ weight: Int) { expected.store(weight, ordering: .relaxed) }

    /// Says how much of the expected weight is done, by whomever.
    public func stands(at weight: Int) {
        done.max(weight, ordering: .relaxed)
    }

    /// Says that a step has begun, and how much of the expected weight it is.
    public func began(_ step: String, weight: Int = 0) { running.withLock { $0[step] = Step(weight: weight) } }

    /// Says that a step has ended.
    public func ended(_ step: String) { running.withLock { $0[step] = nil } }
}
