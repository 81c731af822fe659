// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("The counts of events", .temporaryDatabase)
struct EventCountsTests {
    @Test("are those of each room, whatever types its state has")
    func rooms() throws {
        var connection = try TemporaryDatabase.connect()
        // In room 7 state of a known type and of two others, a message that was sent and one that was not; a redaction in 8.
        try connection.execute(
            """
            CREATE TABLE roomserver_events (event_nid bigint, room_nid bigint, event_id text, sent_to_output boolean,
                is_rejected boolean, state_snapshot_nid bigint, event_type_nid bigint, event_state_key_nid bigint);
            INSERT INTO roomserver_events VALUES
                (3, 7, '$3', true, false, 1, 5, 9), (4, 7, '$4', true, false, 1, 70, 1), (5, 7, '$5', true, false, 1, 71, 1),
                (9, 7, '$9', true, false, 1, 8, 0), (10, 7, '$10', false, false, 1, 8, 0), (6, 8, '$6', true, false, 1, 6, 0)
            """)
        var counts = try EventCounts(from: &connection)
        #expect(counts.otherStateTypes == [70, 71])
        #expect(Set(counts.rooms.keys) == [7, 8])
        let room = try #require(counts.rooms[7])
        #expect([room.events, room.stateEvents] == [5, 4] && [room.lowestNID, room.highestNID] == [3, 10])
        let other = try #require(counts.rooms[8])
        #expect([other.events, other.stateEvents] == [1, 0] && [other.lowestNID, other.highestNID] == [6, 6])
        counts.noteMisfiled(in: 7)
        #expect(counts.rooms[7]?.stateEvents == 5)
    }

    @Test("are asked for with no more helpers than there are processors left, nor than the server gives")
    func processors() throws {
        var connection = try TemporaryDatabase.connect()
        try connection.execute("SET max_parallel_workers_per_gather = 3")
        for (workers, expected) in [(16, "3"), (6, "2"), (4, "1"), (3, "0"), (1, "0")] {
            try Plan.shareProcessors(of: &connection, workers: workers)
            #expect(try connection.value("SHOW max_parallel_workers_per_gather") == expected)
        }
    }
}
