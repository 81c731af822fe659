// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("The flags of an event", .temporaryDatabase)
struct EventFlagsTests {
    @Test("say what its columns say, with and without snapshots that are gone", arguments: [[], [3]] as [[Int64]])
    func columns(danglingSnapshots: [Int64]) throws {
        var connection = try TemporaryDatabase.connect()
        try connection.execute(
            """
            CREATE TABLE roomserver_events AS
            SELECT row_number() OVER () AS event_nid, '$' || row_number() OVER () AS event_id, sent_to_output, is_rejected,
                   state_snapshot_nid, event_type_nid, event_state_key_nid
            FROM (VALUES (true), (false)) a (sent_to_output), (VALUES (true), (false)) b (is_rejected),
                 (VALUES (0::bigint), (2), (3)) c (state_snapshot_nid), (VALUES (1::bigint), (6), (8)) d (event_type_nid),
                 (VALUES (0::bigint), (1)) e (event_state_key_nid)
            UNION ALL SELECT 99, '$99', NULL, NULL, 1, 8, 0 UNION ALL SELECT 100, '$100', true, NULL, 1, 8, 0;
            CREATE TABLE syncapi_output_room_events AS SELECT event_id FROM roomserver_events WHERE event_nid % 3 = 0
            """)
        var ordering = StreamOrdering(highestSyncID: 0, highestEventNID: 0)
        ordering.danglingSnapshots = danglingSnapshots
        let plan = Plan(serverName: "", now: 0, streamOrdering: ordering, firstFreeStream: 1)
        var silent = 0
        let rows = try connection.rows(
            """
            SELECT \(plan.flags(of: "e")), e.is_rejected, e.sent_to_output, \(plan.isOutlier("e")),
                   \(raw: StreamOrdering.isLate(event: "e"))
            FROM roomserver_events e
            """)
        for row in rows {
            let flags = EventFlags(field: row[0].flatMap { Int16($0) })
            #expect(
                [EventFlags.isRejected, .isSent, .isOutlier, .isLate].map(flags.contains) == row[1...].map { $0 == "t" }
            )
            if row[0] == nil { silent += 1 }
        }
        #expect(rows.count == 74 && silent == (danglingSnapshots.isEmpty ? 10 : 5))
    }
}
