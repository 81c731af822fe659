// SPDX-License-Identifier: Apache-2.0
import Dispatch
public import Postgres
import Synchronization

/// A wish to stop that reaches every worker: running queries are cancelled, no new load is begun.
public final class StopRequest: Sendable {
    private let isAsked = Atomic<Bool>(false)
    private let cancellers = Mutex<[Canceller]>([])
    private let actions = Mutex<[@Sendable () -> Void]>([])
    /// How long a query that slipped through may run.
    private static let interval = DispatchTimeInterval.milliseconds(200)

    /// Nobody has asked to stop yet.
    public init() {}

    /// Whether somebody asked to stop.
    public var isRequested: Bool { isAsked.load(ordering: .sequentiallyConsistent) }

    /// Asks all workers to stop; what they were doing is rolled back.
    ///
    /// PostgreSQL forgets a request to cancel that comes while a session is between two queries. So it is said again and
    /// again, for as long as somebody holds this object: no query of a registered connection outlives it for long.
    public func request() {
        let isFirst = !isAsked.exchange(true, ordering: .sequentiallyConsistent)
        cancel()
        for action in actions.withLock({ $0 }) { action() }
        if isFirst { insist() }
    }

    /// Lets a connection's queries be cancelled by ``request()``, also where that came before.
    public func register(_ canceller: Canceller) {
        cancellers.withLock { $0.append(canceller) }
    }

    /// Has something done by ``request()``, for what is stopped by other means than by cancelling a query.
    public func whenRequested(_ action: @escaping @Sendable () -> Void) {
        actions.withLock { $0.append(action) }
        if isRequested { action() }
    }

    /// What an error means: a query that was cancelled once somebody had asked to stop is no failure.
    public func meaning(of error: any Error) -> any Error {
        guard isRequested, (error as? PostgresError)?.isCancellation == true else { return error }
        return CancellationError()
    }

    private func cancel() {
        for canceller in cancellers.withLock({ $0 }) { canceller.cancel() }
    }

    private func insist() {
        DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: .now() + Self.interval) { [weak self] in
            guard let self else { return }
            cancel()
            insist()
        }
    }
}
