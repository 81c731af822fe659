// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs a blocking body on a thread of its own and awaits it, so that libpq never holds a thread of Swift's pool.
///
/// - Parameter isBatch: it works through much that PostgreSQL sends, so it is woken less often (`sched(7)`, batch).
/// - Throws: what `body` throws.
public func withThread<Result: Sendable>(
    named name: String, isBatch: Bool = false, _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread {
            let wasTaken = isBatch && Thread.becomeBatch()
            let result = Swift.Result { try body() }
            // Whom a thread wakes may have to be made first, and would inherit the policy.
            if wasTaken { Thread.endBatch() }
            continuation.resume(with: result)
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }
}

extension Thread {
    /// SCHED_BATCH of linux/sched.h, which Swift's module of glibc lacks.
    private static let batchPolicy: Int32 = 3

    /// Has the kernel let others finish what they are doing before it wakes the calling thread (`sched(7)`, SCHED_BATCH).
    ///
    /// PostgreSQL sends rows in pieces of 8 KiB. A thread that takes the processor from it for each of them is switched to three
    /// times as often as one that finds several. Whoever gave the process another policy keeps it.
    ///
    /// - Returns: whether it is so now; refused, all goes on as before.
    static func becomeBatch() -> Bool {
        guard sched_getscheduler(0) == SCHED_OTHER else { return false }
        var parameter = sched_param(sched_priority: 0)
        return unsafe sched_setscheduler(0, batchPolicy, &parameter) == 0
    }

    fileprivate static func endBatch() {
        var parameter = sched_param(sched_priority: 0)
        _ = unsafe sched_setscheduler(0, SCHED_OTHER, &parameter)
    }
}
