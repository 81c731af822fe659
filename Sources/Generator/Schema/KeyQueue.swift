// SPDX-License-Identifier: Apache-2.0
import Postgres
import Synchronization

/// Keys that wait to be built, taken by several threads.
final class KeyQueue: Sendable {
    private let waiting: Mutex<ArraySlice<SQL>>

    init(_ keys: [SQL]) { waiting = Mutex(keys[...]) }

    func next() -> SQL? { waiting.withLock { $0.popFirst() } }
}
