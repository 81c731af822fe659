// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("The first late event", .temporaryDatabase)
struct LateEventsTests {
    private struct Event {
        let nid: Int64
        /// Accepted and sent.
        let isShown: Bool
        let isSynced: Bool
    }

    private func found(_ events: [Event], others: Int, _ connection: inout Connection) throws -> Int64? {
        try connection.execute(
            """
            CREATE TABLE roomserver_events (event_nid bigint, room_nid bigint, event_id text, sent_to_output boolean, is_rejected boolean,
                state_snapshot_nid bigint, event_type_nid bigint, event_state_key_nid bigint);
            CREATE TABLE syncapi_output_room_events (event_id text)
            """)
        for event in events {
            let id = "$\(event.nid)"
            try connection.execute(
                "INSERT INTO roomserver_events VALUES (\(event.nid), \(event.nid % 7), \(id), true, false, \(event.isShown ? 1 : 0), 8, 0)"
            )
            if event.isSynced { try connection.execute("INSERT INTO syncapi_output_room_events VALUES (\(id))") }
        }
        for other in 0..<others {
            try connection.execute("INSERT INTO syncapi_output_room_events VALUES (\("$of another server \(other)"))")
        }
        let isOtherwise = try EventCounts(from: &connection).shown != Plan.syncedEvents(in: &connection)
        return isOtherwise ? try Plan.firstLateEvent(in: &connection) : nil
    }

    @Test("is the lowest that was shown and that the sync component lacks, whatever else either has", arguments: 0..<40)
    func lowest(seed: Int) throws {
        var random = SeededGenerator(seed)
        let hidden = random.pick([3, 30])
        let isBehind = random.once(in: 2)
        let events = (Int64(1)...60).map { nid in
            let isShown = !random.once(in: hidden)
            return Event(
                nid: nid, isShown: isShown,
                isSynced: isShown ? !(isBehind && random.once(in: 20)) : random.once(in: 2))
        }
        let expected = events.filter { $0.isShown && !$0.isSynced }.map(\.nid).min()
        // As many others as are lacking, so that numbers alone say nothing.
        let others = random.pick([0, events.count { $0.isShown && !$0.isSynced }, 2])
        var connection = try TemporaryDatabase.connect()
        #expect(try found(events, others: others, &connection) == expected)
    }

    @Test("is none on an empty server")
    func none() throws {
        var connection = try TemporaryDatabase.connect()
        #expect(try found([], others: 0, &connection) == nil)
    }
}
