// SPDX-License-Identifier: Apache-2.0
import Partition
import Postgres

/// How Dendrite's tables say what kind of event a row is. `event` is an alias of a `roomserver_events` row.
extension Plan {
    /// Whether the state before the event is unknown.
    ///
    /// A create event needs none, so it is an outlier only where it never came in as an event of the timeline: the few for
    /// which that has to be looked up are, as a scalar subquery is never turned into a hash of the whole table.
    func isOutlier(_ event: String) -> SQL {
        """
        (\(raw: event).state_snapshot_nid = 0 AND NOT (\(raw: event).event_type_nid = \(EventTypeNID.create) AND (\(raw: event).sent_to_output
             OR (SELECT true FROM syncapi_output_room_events s WHERE s.event_id = \(raw: event).event_id LIMIT 1) IS NOT NULL))
         OR \(raw: event).event_type_nid <> \(EventTypeNID.create) AND \(hasDanglingSnapshot(event)))
        """
    }

    /// Whether the state before the event is one that does not exist.
    func hasDanglingSnapshot(_ event: String) -> SQL {
        streamOrdering.danglingSnapshots.isEmpty
            ? SQL(raw: "false") : "\(raw: event).state_snapshot_nid = ANY (\(streamOrdering.danglingSnapshots))"
    }

    /// Whether a row of `roomserver_events e` is a state event.
    ///
    /// `event_state_key_nid` alone does not say so: auth events that were fetched from other servers may have got that of
    /// the event for which they were fetched, 0 for a message. The types up to 7 but redactions are those of state.
    ///
    /// - Parameter range: the numbers that come into question, so that not every query has all of ``misfiled``; nil for any.
    func isStateEvent(in range: Range<Int64>? = nil) -> SQL {
        let known: SQL = "e.event_state_key_nid <> 0 OR e.event_type_nid IN \(EventTypeNID.ofState)"
        let misfiled = range.map { self.misfiled.filter($0.contains) } ?? self.misfiled
        return misfiled.isEmpty ? "(\(known))" : "(\(known) OR e.event_nid = ANY (\(misfiled)))"
    }

    /// Whether a row of `roomserver_events e` may be left out by ``RoomLoad/leaveOutUnjudged(_:)``.
    var mayBeUnjudged: SQL {
        "coalesce(e.is_rejected AND e.state_snapshot_nid = 0 AND \(isOutlier("e")) AND \(isStateEvent()), false)"
    }

    /// Whether the event is loaded with its room: state events, and redactions, which need the state before them.
    func isLoadedWithRoom(in range: Range<Int64>? = nil) -> SQL {
        let isRooms: SQL = "(e.event_type_nid = \(EventTypeNID.redaction) OR \(isStateEvent(in: range)))"
        return missingRooms.isEmpty ? isRooms : "(\(isRooms) AND e.room_nid <> ALL (\(missingRooms)))"
    }

    /// The version of a `roomserver_rooms r`; where Dendrite does not say, what its create event says.
    static let roomVersion = SQL(
        raw:
            """
            CASE WHEN r.room_version <> '' THEN r.room_version WHEN r.room_id IS NOT NULL THEN coalesce((
                SELECT substring(c.event_json FROM '"room_version":"([^"]+)"')
                FROM roomserver_events f JOIN roomserver_event_json c USING (event_nid)
                WHERE f.room_nid = r.room_nid AND f.event_type_nid = 1 LIMIT 1), '1') END
            """)

    /// Columns that every load of event bodies begins with, in this order: event_nid, event_id, room_nid, depth,
    /// ``flags(of:)``, event_json.
    ///
    /// What a room says of itself is in ``KnownRooms``: joining rooms would cost a sixth of the query.
    /// - Parameters:
    ///   - join: what joins `j` (event_json) to `e`.
    ///   - condition: which rows of `roomserver_events e`.
    func bodies(joining join: SQL, where condition: SQL, alsoSelecting more: SQL = "") -> SQL {
        """
        SELECT e.event_nid, e.event_id, e.room_nid, e.depth, \(flags(of: "e")), j.event_json \(more)
        FROM roomserver_events e \(join)
        WHERE \(condition)
        """
    }

    /// Joins `j` (event_json) by look-up, one row at a time: for few of many rows.
    ///
    /// OFFSET keeps PostgreSQL from reading the whole of both large tables instead.
    static let lookUpOfBody: SQL =
        "LEFT JOIN LATERAL (SELECT event_json FROM roomserver_event_json b WHERE b.event_nid = e.event_nid OFFSET 0) j ON true"

    /// The bodies of one range of events that are not loaded with their rooms; of those that are, all but the JSON.
    ///
    /// The last column is true for the latter, else NULL. Both halves of an event have the range's numbers, so
    /// PostgreSQL reads two short stretches of two tables.
    func bodies(of range: EventRange) -> SQL {
        let (low, high) = (range.bounds.lowerBound, range.bounds.upperBound)
        let isLoadedWithRoom = isLoadedWithRoom(in: range.bounds)
        return bodies(
            joining: """
                LEFT JOIN roomserver_event_json j ON j.event_nid = e.event_nid AND j.event_nid >= \(low) AND j.event_nid < \(high)
                     AND NOT \(isLoadedWithRoom)
                """,
            where: "e.event_nid >= \(low) AND e.event_nid < \(high)",
            alsoSelecting: ", CASE WHEN \(isLoadedWithRoom) THEN true END")
    }

    /// The rooms of which anything is loaded: a relation for FROM, with room_nid and room_id.
    var loadedRooms: SQL {
        """
        (SELECT r.room_nid, r.room_id FROM roomserver_rooms r WHERE r.room_version <> ALL (\(RoomVersion.unsupported))
             AND r.room_nid NOT IN (SELECT unnest(\(emptyRooms))))
        """
    }

    /// Whether a user is one of ours.
    func isOurs(_ user: String) -> Bool {
        guard let colon = user.firstIndex(of: ":") else { return false }
        return user[user.index(after: colon)...] == serverName
    }
}
