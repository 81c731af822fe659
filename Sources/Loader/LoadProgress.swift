// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Counters that workers add to and a reader polls.
public final class LoadProgress: Sendable {
    private let rows = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)
    private let rejects = Atomic<Int>(0)
    private let expected = Atomic<Int>(0)
    private let done = Atomic<Int>(0)
    private let running = Mutex<[String: ContinuousClock.Instant]>([:])

    public init() {}

    /// What a reader sees at one moment.
    public struct Snapshot: Sendable {
        public let rows: Int
        public let bytes: Int
        public let rejected: Int
        /// The weight of all loads, and of those that are done: expected rows.
        public let expectedWeight: Int
        public let doneWeight: Int
        /// The loads and rebuilds under way, the oldest first.
        public let running: [String]
    }

    public var snapshot: Snapshot {
        Snapshot(
            rows: rows.load(ordering: .relaxed), bytes: bytes.load(ordering: .relaxed),
            rejected: rejects.load(ordering: .relaxed), expectedWeight: expected.load(ordering: .relaxed),
            doneWeight: done.load(ordering: .relaxed),
            running: running.withLock { $0.sorted { $0.value < $1.value }.map(\.key) }
        )
    }

    func loaded(rows count: Int, bytes size: Int) {
        rows.wrappingAdd(count, ordering: .relaxed)
        bytes.wrappingAdd(size, ordering: .relaxed)
    }

    func rejected() { rejects.wrappingAdd(1, ordering: .relaxed) }

    /// Adds to the weight that is to be done.
    public func expect(_ weight: Int) { expected.wrappingAdd(weight, ordering: .relaxed) }

    /// Says that a step has begun.
    public func began(_ step: String) { running.withLock { $0[step] = .now } }

    /// Says that a step has ended, and how much of the expected weight it was.
    public func ended(_ step: String, weight: Int = 0) {
        running.withLock { $0[step] = nil }
        done.wrappingAdd(weight, ordering: .relaxed)
    }
}
