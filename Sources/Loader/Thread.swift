// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs a blocking body on a thread of its own and awaits it, so that libpq never holds a thread of Swift's pool.
///
/// - Throws: what `body` throws.
public func withThread<Result: Sendable>(
    named name: String, _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread {
            continuation.resume(with: Swift.Result { try body() })
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }
}
