// SPDX-License-Identifier: Apache-2.0
import Postgres
import Synchronization

/// Lists of statements that wait to be run, taken by several threads.
final class StatementQueue: Sendable {
    private let waiting: Mutex<ArraySlice<[SQL]>>

    init(_ lists: [[SQL]]) { waiting = Mutex(lists[...]) }

    func next() -> [SQL]? { waiting.withLock { $0.popFirst() } }
}
