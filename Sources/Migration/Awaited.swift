// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Synchronization

/// A value that one thread works out while others go on until they need it.
final class Awaited<Value: Sendable>: Sendable {
    /// Cancelled, as long as nobody has said.
    private let result = Mutex<Result<Value, any Error>>(.failure(CancellationError()))
    private let isThere = DispatchGroup()

    init() { isThere.enter() }

    /// Says what it is, or that nobody will know; call once.
    func settle(_ value: Result<Value, any Error>) {
        result.withLock { $0 = value }
        isThere.leave()
    }

    /// Waits until somebody has said what it is.
    ///
    /// - Throws: the error for which there is no value.
    func value() throws -> Value {
        isThere.wait()
        return try result.withLock { $0 }.get()
    }
}
