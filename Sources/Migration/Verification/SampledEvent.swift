// SPDX-License-Identifier: Apache-2.0
import Postgres

/// An event as both databases have it.
struct SampledEvent {
    let id: String
    let roomID: String
    let version: RoomVersion
    let isOutlier: Bool
    let snapshot: Int64
    let json: String
    /// What the target has; nil where the event is missing there.
    var stored: (json: String, group: Int64?, isState: Bool, isRejected: Bool)?

    /// Reads events that are spread evenly over a source, of one room after the other.
    static func read(
        _ count: Int, of plan: Plan, _ source: inout Connection
    ) throws(PostgresError) -> [SampledEvent] {
        try source.rows(
            """
            WITH bounds AS (SELECT min(event_nid) AS low, max(event_nid) AS high FROM roomserver_events),
                 picked AS (
                SELECT DISTINCT x.event_nid FROM bounds
                CROSS JOIN generate_series(low, high, greatest(1, (high - low + 1) / \(count))) AS g (nid)
                CROSS JOIN LATERAL (SELECT event_nid FROM roomserver_events n WHERE n.event_nid >= g.nid
                                    ORDER BY n.event_nid LIMIT 1) x ORDER BY 1 LIMIT \(count))
            SELECT e.event_id, r.room_id, r.room_version, \(plan.isOutlier("e")), e.state_snapshot_nid, j.event_json
            FROM picked JOIN roomserver_events e USING (event_nid) JOIN roomserver_rooms r USING (room_nid)
                 JOIN roomserver_event_json j USING (event_nid)
            WHERE r.room_version <> ALL (\(RoomVersion.unsupported)) AND NOT \(plan.mayBeUnjudged)
            ORDER BY r.room_nid, e.state_snapshot_nid, e.event_nid
            """
        ).compactMap { row in
            guard let id = row[0], let room = row[1], let json = row[5] else { return nil }
            return SampledEvent(
                id: id, roomID: room, version: RoomVersion(row[2] ?? ""), isOutlier: row[3] == "t",
                snapshot: row[4].flatMap { Int64($0) } ?? 0, json: json)
        }
    }

    /// Adds what a target has of them.
    static func complete(_ events: inout [SampledEvent], _ target: inout Connection) throws(PostgresError) {
        var stored: [String: (String, Int64?, Bool, Bool)] = [:]
        for row in try target.rows(
            """
            SELECT j.event_id, j.json, g.state_group, EXISTS (SELECT 1 FROM state_events s WHERE s.event_id = j.event_id),
                   EXISTS (SELECT 1 FROM rejections r WHERE r.event_id = j.event_id)
            FROM event_json j LEFT JOIN event_to_state_groups g USING (event_id) WHERE j.event_id = ANY (\(events.map(\.id)))
            """)
        {
            guard let id = row[0], let json = row[1] else { continue }
            stored[id] = (json, row[2].flatMap { Int64($0) }, row[3] == "t", row[4] == "t")
        }
        for index in events.indices { events[index].stored = stored[events[index].id] }
    }
}
