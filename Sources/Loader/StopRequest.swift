// SPDX-License-Identifier: Apache-2.0
import Dispatch
public import Postgres
import Synchronization

/// A wish to stop that reaches every worker: running queries are cancelled, no new load is begun.
public final class StopRequest: Sendable {
    /// The connections to one database.
    private struct Side {
        /// Of its own, as it may keep its thread for long.
        let queue = DispatchQueue(label: "cancellation", qos: .userInitiated)
        var cancellers: [Canceller] = []
        /// Whether the server is being asked at this moment.
        var isBeingAsked = false
    }

    private let isAsked = Atomic<Bool>(false)
    private let sides = Mutex<[String: Side]>([:])
    private let actions = Mutex<[@Sendable () -> Void]>([])
    private let insistence = DispatchQueue(label: "insistence", qos: .userInitiated)
    /// How long a query that slipped through may run.
    private static let interval = DispatchTimeInterval.milliseconds(200)

    /// Nobody has asked to stop yet.
    public init() {}

    /// Whether somebody asked to stop.
    public var isRequested: Bool { isAsked.load(ordering: .sequentiallyConsistent) }

    /// Asks all workers to stop; what they were doing is rolled back.
    ///
    /// It returns at once. PostgreSQL is asked on other threads, as that lasts where a host does not answer; and again and
    /// again, for as long as somebody holds this object, as it forgets a request to cancel that comes while a session is
    /// between two queries: no query of a registered connection outlives it for long.
    public func request() {
        guard !isAsked.exchange(true, ordering: .sequentiallyConsistent) else { return }
        for action in actions.withLock({ $0 }) { action() }
        insist()
    }

    /// Lets a connection's queries be cancelled by ``request()``, also where that came before.
    public func register(_ canceller: Canceller) {
        sides.withLock { $0[canceller.side, default: Side()].cancellers.append(canceller) }
    }

    /// Has something done by ``request()``, for what is stopped by other means than by cancelling a query; it must not wait
    /// for anything.
    public func whenRequested(_ action: @escaping @Sendable () -> Void) {
        actions.withLock { $0.append(action) }
        if isRequested { action() }
    }

    /// What an error means: a query that was cancelled once somebody had asked to stop is no failure.
    public func meaning(of error: any Error) -> any Error {
        guard isRequested, (error as? PostgresError)?.isCancellation == true else { return error }
        return CancellationError()
    }

    private func insist() {
        for (name, side) in sides.withLock(\.self) where !side.isBeingAsked { cancel(name, side) }
        insistence.asyncAfter(deadline: .now() + Self.interval) { [weak self] in
            self?.insist()
        }
    }

    /// Cancels what one database runs, beside the others: one whose host is gone shall not keep them waiting.
    private func cancel(_ name: String, _ side: Side) {
        sides.withLock { $0[name]?.isBeingAsked = true }
        side.queue.async { [self] in
            for canceller in side.cancellers { canceller.cancel() }
            sides.withLock { $0[name]?.isBeingAsked = false }
        }
    }
}
