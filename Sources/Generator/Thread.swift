// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs a body that blocks on a thread of its own and waits for it.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: body)) }
    }
}
