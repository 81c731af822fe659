// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Plan {
    /// The lowest `event_nid` that the sync component had not got to; nil if it had got to all.
    ///
    /// As a rule it had, and sums of hashes say so for a third of what it takes to look each event up.
    /// - Throws: ``PostgresError``.
    func firstLateEvent(in source: inout Connection) throws(PostgresError) -> Int64? {
        if try isSynced(&source) { return nil }
        return try source.integer(
            """
            SELECT min(e.event_nid) FROM roomserver_events e WHERE \(raw: streamOrdering.isLate(event: "e"))
                   AND NOT EXISTS (SELECT 1 FROM syncapi_output_room_events o WHERE o.event_id = e.event_id)
            """)
    }

    /// Whether both components' events, but for those that clients are not shown, are the same by number and by the sum of their
    /// ids' hashes: sums of 64 bits that are alike by chance once in 2^64 servers.
    ///
    /// False where that is not known: the sync component has others besides, or too many have to be looked up, those of the room
    /// server of which only a look says whether the sync component has them.
    private func isSynced(_ source: inout Connection) throws(PostgresError) -> Bool {
        let isLate = streamOrdering.isLate(event: "e")
        let isLookUpCheaper =
            try source.value(
                "SELECT count(*) FILTER (WHERE NOT \(raw: isLate)) * 8 < count(*) FROM roomserver_events e") == "t"
        guard isLookUpCheaper else { return false }
        // A scalar subquery, as PostgreSQL would read the whole table for EXISTS.
        let expected = try source.rows(
            """
            SELECT count(*), sum(hashtextextended(e.event_id, 0)) FROM roomserver_events e
            WHERE \(raw: isLate)
                  OR (SELECT true FROM syncapi_output_room_events o WHERE o.event_id = e.event_id LIMIT 1) IS NOT NULL
            """)
        return try expected
            == source.rows("SELECT count(*), sum(hashtextextended(event_id, 0)) FROM syncapi_output_room_events")
    }
}
