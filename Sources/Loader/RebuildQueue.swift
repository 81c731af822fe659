// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Indexes that wait to be rebuilt: workers add a table's as soon as it is filled, index jobs take them.
///
/// `@unchecked Sendable` holds because every access to the variables is made under `condition`'s lock.
final class RebuildQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [DeferredIndex] = []
    private var isClosed = false
    private var known: Set<DeferredIndex> = []

    /// Adds indexes that are new to the queue; the first of them are the first to be taken.
    func add(_ items: [DeferredIndex]) {
        condition.withLock {
            waiting += items.filter { known.insert($0).inserted }
            condition.broadcast()
        }
    }

    /// No more indexes will come.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }

    /// The next index, waiting for one if need be; nil once the queue is closed and empty.
    func next() -> DeferredIndex? {
        condition.withLock {
            while waiting.isEmpty, !isClosed { condition.wait() }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
    }
}
