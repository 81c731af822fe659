// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What waits for index jobs: indexes, which workers add as soon as a table is filled, then tables to be analysed and
/// foreign keys to be checked.
///
/// `@unchecked Sendable` holds because every access to the variables is made under `condition`'s lock.
final class JobQueue<Item: Hashable & Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [Item] = []
    private var isClosed = false
    private var known: Set<Item> = []

    /// Adds items that are new to the queue; the first of them are the first to be taken.
    func add(_ items: [Item]) {
        condition.withLock {
            waiting += items.filter { known.insert($0).inserted }
            condition.broadcast()
        }
    }

    /// No more will come.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }

    /// The next item, waiting for one if need be; nil once the queue is closed and empty.
    func next() -> Item? {
        condition.withLock {
            while waiting.isEmpty, !isClosed { condition.wait() }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
    }
}
