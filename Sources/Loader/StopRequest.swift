// SPDX-License-Identifier: Apache-2.0
public import Postgres
import Synchronization

/// A wish to stop that reaches every worker: running queries are cancelled, no new load is begun.
public final class StopRequest: Sendable {
    private let isAsked = Atomic<Bool>(false)
    private let cancellers = Mutex<[Canceller]>([])
    private let actions = Mutex<[@Sendable () -> Void]>([])

    public init() {}

    /// Whether somebody asked to stop.
    public var isRequested: Bool { isAsked.load(ordering: .relaxed) }

    /// Asks all workers to stop; what they were doing is rolled back.
    public func request() {
        isAsked.store(true, ordering: .relaxed)
        for canceller in cancellers.withLock({ $0 }) { canceller.cancel() }
        for action in actions.withLock({ $0 }) { action() }
    }

    /// Lets a connection's queries be cancelled by ``request()``.
    public func register(_ canceller: Canceller) {
        cancellers.withLock { $0.append(canceller) }
    }

    /// Has something done by ``request()``, for what is stopped by other means than by cancelling a query.
    public func whenRequested(_ action: @escaping @Sendable () -> Void) {
        actions.withLock { $0.append(action) }
        if isRequested { action() }
    }
}
