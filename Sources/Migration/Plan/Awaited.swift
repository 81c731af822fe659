// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Synchronization

/// A value that one thread works out while others go on until they need it.
final class Awaited<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let isThere = DispatchGroup()

    init() { isThere.enter() }

    /// Whether somebody has said what it is.
    var isSettled: Bool { result.withLock { $0 != nil } }

    /// Says what it is, or that nobody will know; only the first word counts.
    func settle(_ value: Result<Value, any Error>) {
        let isFirst = result.withLock { result in
            defer { result = result ?? value }
            return result == nil
        }
        if isFirst { isThere.leave() }
    }

    /// Waits until somebody has said what it is.
    ///
    /// - Throws: the error for which there is no value.
    func value() throws -> Value {
        isThere.wait()
        guard let result = result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}
