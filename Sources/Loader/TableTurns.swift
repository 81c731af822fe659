// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Which tables are being sent to, so that workers take turns at each.
///
/// PostgreSQL makes a table longer under a lock, up to version 15 page by page: workers that fill one table at the same time wait
/// for each other more than they write. Here half of them may; the others send to other tables first. As half of what they
/// do is to fill `event_json`, that holds nobody up for long.
///
/// `@unchecked Sendable` holds because every access to the variable is made under `condition`'s lock.
final class TableTurns: @unchecked Sendable {
    /// The leave to send to a table.
    struct Turn {
        /// The table's position in the list that was asked for.
        let position: Int
        /// Nil where others have all turns and did not end.
        fileprivate let table: String?
    }

    private let condition = NSCondition()
    /// How many send to each table.
    private var taken: [String: Int] = [:]
    private let places: Int
    private let patience: TimeInterval

    /// Turns for half of the workers at each table, for one at least.
    ///
    /// - Parameters:
    ///   - workers: how many there are.
    ///   - patience: how long somebody waits at most, s. Whoever has the turn may himself wait, in PostgreSQL, for a
    ///     transaction of the one who waits for the turn, and PostgreSQL sees half of that circle.
    init(workers: Int, patience: TimeInterval = 5) {
        places = max(workers / 2, 1)
        self.patience = patience
    }

    /// Takes a turn at the first of some tables at which there is one, waiting for one if need be.
    ///
    /// - Parameter tables: at least one.
    func take(oneOf tables: [String]) -> Turn {
        let end = Date(timeIntervalSinceNow: patience)
        return condition.withLock {
            while true {
                if let position = tables.firstIndex(where: { taken[$0, default: 0] < places }) {
                    taken[tables[position], default: 0] += 1
                    return Turn(position: position, table: tables[position])
                }
                guard condition.wait(until: end) else { return Turn(position: 0, table: nil) }
            }
        }
    }

    /// Lets the next one have it.
    func end(_ turn: Turn) {
        guard let table = turn.table else { return }
        condition.withLock {
            taken[table, default: 1] -= 1
            condition.broadcast()
        }
    }
}
