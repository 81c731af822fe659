// SPDX-License-Identifier: Apache-2.0
import Postgres

/// How Dendrite's tables say what kind of event a row is. `event` and `sync` are aliases of a `roomserver_events` row and
/// of its `syncapi_output_room_events` row, joined from the left.
extension Plan {
    /// Whether the state before the event is unknown. A create event needs none, so it is an outlier only where it
    /// never came in as an event of the timeline.
    func isOutlier(_ event: String) -> SQL {
        let isDangling = streamOrdering.danglingSnapshots.isEmpty
            ? SQL(raw: "false") : "\(raw: event).state_snapshot_nid = ANY (\(streamOrdering.danglingSnapshots))"
        return """
            (\(raw: event).state_snapshot_nid = 0 AND NOT (\(raw: event).event_type_nid = 1 AND (\(raw: event).sent_to_output
                 OR EXISTS (SELECT 1 FROM syncapi_output_room_events s WHERE s.event_id = \(raw: event).event_id)))
             OR \(raw: event).event_type_nid <> 1 AND \(isDangling))
            """
    }

    /// Whether Dendrite kept the event and showed it to nobody: allowed by the state before it, not by the current one.
    func isSoftFailed(_ event: String, _ sync: String) -> SQL {
        """
        (\(raw: event).state_snapshot_nid <> 0 AND NOT \(raw: event).is_rejected AND NOT \(raw: event).sent_to_output
         AND \(raw: sync).id IS NULL AND NOT \(isOutlier(event)))
        """
    }

    /// Whether a row of `roomserver_events e` with its `roomserver_event_json j` is a state event.
    ///
    /// `event_state_key_nid` alone does not say so: auth events that were fetched from other servers may have got that of
    /// the event for which they were fetched, 0 for a message. The types up to 7 but redactions are those of state.
    var isStateEvent: SQL {
        """
        (e.event_state_key_nid <> 0 OR e.event_type_nid IN (1, 2, 3, 4, 5, 7)
         OR (NOT e.sent_to_output OR e.event_type_nid = ANY (\(stateTypes))) AND j.event_json LIKE '%"state_key":%')
        """
    }

    /// Whether the event is loaded with its room: state events, and redactions, which need the state before them.
    var isLoadedWithRoom: SQL { "(e.event_type_nid = 6 OR \(isStateEvent))" }

    /// Columns and joins that every load of event bodies begins with, in this order: event_id, room_id, room_version, depth,
    /// is_rejected, is an outlier, is soft-failed, stream_ordering, device_id and transaction_id of the sending client,
    /// event_json.
    func bodies(where condition: SQL, alsoSelecting more: SQL = "", order: SQL = "") -> SQL {
        """
        SELECT e.event_id, r.room_id, r.room_version, e.depth, e.is_rejected, \(isOutlier("e")), \(isSoftFailed("e", "o")),
               \(streamOrdering.sql(event: "e", sync: "o")), d.device_id, o.transaction_id, j.event_json \(more)
        FROM roomserver_events e
             LEFT JOIN roomserver_event_json j USING (event_nid)
             LEFT JOIN roomserver_rooms r USING (room_nid)
             LEFT JOIN syncapi_output_room_events o ON o.event_id = e.event_id
             LEFT JOIN userapi_devices d ON d.session_id = o.session_id AND o.transaction_id <> ''
                       AND o.sender = '@' || d.localpart || ':' || d.server_name
        WHERE \(condition) AND coalesce(r.room_version, '') <> ALL (\(RoomVersion.unsupported)) \(order)
        """
    }

    /// The rooms of which anything is loaded: a relation for FROM, with room_nid and room_id.
    var loadedRooms: SQL {
        """
        (SELECT r.room_nid, r.room_id FROM roomserver_rooms r WHERE r.room_version <> ALL (\(RoomVersion.unsupported))
             AND r.room_nid IN (SELECT room_nid FROM roomserver_events
                                UNION ALL SELECT i.room_nid FROM \(Invitations.openFromAfar) i))
        """
    }

    /// Whether a user is one of ours.
    func isOurs(_ user: String) -> Bool {
        guard let colon = user.firstIndex(of: ":") else { return false }
        return user[user.index(after: colon)...] == serverName
    }
}
