// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Plan {
    /// The lowest `event_nid` that the sync component had not got to; nil if it had got to all.
    ///
    /// As a rule it had, and sums of hashes say so for less than it takes to look each event up: see
    /// ``syncedEvents(in:)``.
    /// - Throws: ``PostgresError``.
    static func firstLateEvent(in source: inout Connection) throws(PostgresError) -> Int64? {
        try source.integer(
            """
            SELECT min(e.event_nid) FROM roomserver_events e WHERE \(raw: StreamOrdering.isLate(event: "e"))
                   AND NOT EXISTS (SELECT 1 FROM syncapi_output_room_events o WHERE o.event_id = e.event_id)
            """)
    }

    /// The sync component's events but for those that the room server says clients are not shown.
    ///
    /// - Throws: ``PostgresError``.
    static func syncedEvents(in source: inout Connection) throws(PostgresError) -> EventSum {
        let row = try source.rows(
            """
            SELECT count(*), sum(hashtextextended(o.event_id, 0)) FROM syncapi_output_room_events o
            WHERE NOT EXISTS (SELECT 1 FROM roomserver_events e
                              WHERE e.event_id = o.event_id AND NOT \(raw: StreamOrdering.isLate(event: "e")))
            """
        ).first
        return EventSum(count: row?[0].flatMap { Int64($0) }, hashes: row?[1])
    }
}
