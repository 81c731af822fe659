// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization
import Testing

@testable import Loader

@Suite("Turns at tables")
struct TableTurnsTests {
    /// The tables that somebody is sending to.
    private final class Busy: Sendable {
        private let tables = Mutex(Set<String>())

        /// Whether nobody else was.
        func sends(to table: String) -> Bool {
            let isAlone = tables.withLock { $0.insert(table).inserted }
            Thread.sleep(forTimeInterval: 0.0001)
            tables.withLock { _ = $0.remove(table) }
            return isAlone
        }
    }

    @Test("go to the first table that nobody has")
    func free() {
        let turns = TableTurns(workers: 2)
        let first = turns.take(oneOf: ["events", "event_json"])
        #expect(first.position == 0)
        #expect(turns.take(oneOf: ["events", "event_json"]).position == 1)
        turns.end(first)
        #expect(turns.take(oneOf: ["event_json", "events"]).position == 1)
    }

    @Test("are half of the workers' at a time")
    func several() {
        let turns = TableTurns(workers: 5, patience: 0.01)
        _ = turns.take(oneOf: ["events"])
        #expect(turns.take(oneOf: ["events", "event_json"]).position == 0)
        #expect(turns.take(oneOf: ["events", "event_json"]).position == 1)
    }

    @Test("are one worker's at a time where there are two", .timeLimit(.minutes(5)))
    func exclusive() async throws {
        let turns = TableTurns(workers: 2, patience: 600)
        let tables = ["events", "event_json", "event_edges"]
        let busy = Busy()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 1...4 {
                group.addTask {
                    try await withThread(named: "worker \(worker)") {
                        for _ in 1...200 {
                            let turn = turns.take(oneOf: tables)
                            #expect(busy.sends(to: tables[turn.position]))
                            turns.end(turn)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("are not waited for without end, as who has one may wait for who waits")
    func patience() {
        let turns = TableTurns(workers: 2, patience: 0.01)
        let first = turns.take(oneOf: ["events"])
        let second = turns.take(oneOf: ["events"])
        #expect(second.position == 0)
        // Who went on without one takes it from nobody.
        turns.end(second)
        #expect(turns.take(oneOf: ["events", "event_json"]).position == 1)
        turns.end(first)
        #expect(turns.take(oneOf: ["events", "event_json"]).position == 0)
    }
}
