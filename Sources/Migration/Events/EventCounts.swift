// SPDX-License-Identifier: Apache-2.0
import Postgres

/// What `roomserver_events` says of all events together.
struct EventCounts {
    /// The events of one room.
    struct OfRoom {
        var events = 0
        /// State events at most: those that were not sent count as such, and those that are filed as messages that were sent
        /// are noted once they are known.
        var stateEvents = 0
        var lowestNID = Int64.max
        var highestNID = Int64.min
    }

    /// By `room_nid`.
    private(set) var rooms: [Int64: OfRoom] = [:]
    /// `event_type_nid`s of state events beside those that Dendrite numbers itself.
    let otherStateTypes: Set<Int64>
    /// Events that clients are shown; see ``StreamOrdering/isLate(event:)``.
    private(set) var shown = EventSum()

    /// Asks PostgreSQL.
    ///
    /// Types have a query of their own: grouped by them as well, PostgreSQL expects so many groups that it would sort the
    /// events of a large server.
    /// - Throws: ``PostgresError``.
    init(from source: inout Connection) throws {
        let isShown = StreamOrdering.isLate(event: "e")
        let query: SQL = """
            SELECT e.room_nid, count(*),
                   count(*) FILTER (WHERE e.event_state_key_nid <> 0 OR e.event_type_nid IN \(EventTypeNID.ofState)
                                          OR NOT e.sent_to_output),
                   min(e.event_nid), max(e.event_nid),
                   count(*) FILTER (WHERE \(raw: isShown)), (sum(hashtextextended(e.event_id, 0)) FILTER (WHERE \(raw: isShown)))::text
            FROM roomserver_events e GROUP BY 1
            """
        otherStateTypes = try Set(
            source.rows(
                """
                SELECT DISTINCT event_type_nid FROM roomserver_events
                WHERE event_state_key_nid <> 0 AND event_type_nid NOT IN \(EventTypeNID.ofState)
                """
            ).compactMap { $0[0].flatMap { Int64($0) } })
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let room = fields.int64() else { continue }
                rooms[room] = OfRoom(
                    events: Int(fields.int64() ?? 0), stateEvents: Int(fields.int64() ?? 0),
                    lowestNID: fields.int64() ?? .max, highestNID: fields.int64() ?? .min)
                shown.add(EventSum(count: fields.int64(), hashes: fields.string()))
            }
        }
    }

    /// Counts a state event that is filed as a message.
    mutating func noteMisfiled(in room: Int64) {
        rooms[room]?.stateEvents += 1
    }
}
