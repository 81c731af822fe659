// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What each worker did when: one span per load and rebuild, for the picture that `bench` draws.
public final class Timeline: Sendable {
    /// A step of one worker; times in seconds since the timeline was made.
    public struct Span: Sendable, Codable {
        /// Whose line of the picture it is in: "worker 1", "index 2".
        public let row: String
        /// What was done: ``TableLoad/id`` of a load, the name of what was put back, or "ANALYZE".
        public let step: String
        /// When it began, s.
        public let start: Double
        /// When it ended, s.
        public let end: Double
    }

    private let origin = ContinuousClock.now
    private let kept = Mutex<[Span]>([])

    /// A timeline that begins now.
    public init() {}

    /// The spans so far, in the order in which they ended.
    public var spans: [Span] { kept.withLock { $0 } }

    /// Adds a step that ends now.
    public func add(row: String, step: String, from start: ContinuousClock.Instant) {
        let span = Span(row: row, step: step, start: (start - origin).inSeconds, end: (.now - origin).inSeconds)
        kept.withLock { $0.append(span) }
    }
}

extension Duration {
    /// The duration in seconds.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
