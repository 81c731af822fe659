// SPDX-License-Identifier: Apache-2.0
import Postgres

/// What one pass over `roomserver_events` says of all events together.
struct EventCounts {
    /// The events of one room.
    struct OfRoom {
        var events = 0
        /// State events, but for those that are filed as messages that were sent.
        var stateEvents = 0
        var lowestNID = Int64.max
        var highestNID = Int64.min
    }

    /// By `room_nid`.
    private(set) var rooms: [Int64: OfRoom] = [:]
    /// `event_type_nid`s of state events beside those that Dendrite numbers itself.
    private(set) var otherStateTypes: Set<Int64> = []
    /// Events that clients are shown; see ``StreamOrdering/isLate(event:)``.
    private(set) var shown = EventSum()

    /// Asks PostgreSQL, which reads with several processes as no subquery is asked for.
    ///
    /// - Throws: ``PostgresError``.
    init(from source: inout Connection) throws {
        let isShown = StreamOrdering.isLate(event: "e")
        let query: SQL = """
            SELECT e.room_nid, CASE WHEN e.event_state_key_nid <> 0 AND e.event_type_nid NOT IN (1, 2, 3, 4, 5, 7)
                                    THEN e.event_type_nid END,
                   count(*), count(*) FILTER (WHERE e.event_state_key_nid <> 0 OR e.event_type_nid <> 6 AND e.event_type_nid < 8
                                                    OR NOT e.sent_to_output),
                   min(e.event_nid), max(e.event_nid),
                   count(*) FILTER (WHERE \(raw: isShown)), (sum(hashtextextended(e.event_id, 0)) FILTER (WHERE \(raw: isShown)))::text
            FROM roomserver_events e GROUP BY 1, 2
            """
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let room = fields.int64() else { continue }
                if let type = fields.int64() { otherStateTypes.insert(type) }
                var counts = rooms[room] ?? OfRoom()
                counts.events += Int(fields.int64() ?? 0)
                counts.stateEvents += Int(fields.int64() ?? 0)
                counts.lowestNID = min(counts.lowestNID, fields.int64() ?? .max)
                counts.highestNID = max(counts.highestNID, fields.int64() ?? .min)
                rooms[room] = counts
                shown.add(EventSum(count: fields.int64(), hashes: fields.string()))
            }
        }
    }

    /// Counts a state event that is filed as a message.
    mutating func noteMisfiled(in room: Int64) {
        rooms[room]?.stateEvents += 1
    }
}
