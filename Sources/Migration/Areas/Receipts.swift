// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Who has read up to where.
extension Plan {
    var receipts: Area {
        Area(
            "receipts",
            [
                TableLoad(
                    into: "receipts_linearized",
                    from: """
                        SELECT \(firstFreeStream) - 1 + row_number() OVER (ORDER BY x.id) AS stream_id,
                               x.room_id, x.receipt_type, x.user_id, x.event_id,
                               '{"ts":' || x.receipt_ts || '}' AS data, 'master' AS instance_name,
                               -- A local user's may not be NULL, or Synapse's counting of notifications fails for everybody.
                               CASE WHEN e.event_id IS NOT NULL THEN \(streamOrdering.sql(event: "e", sync: "o"))
                                    WHEN split_part(x.user_id, ':', 1) || ':' || \(serverName) = x.user_id THEN 0::int8
                               END AS event_stream_ordering
                        FROM syncapi_receipts x
                             LEFT JOIN roomserver_events e ON e.event_id = x.event_id
                             LEFT JOIN syncapi_output_room_events o ON o.event_id = e.event_id
                        WHERE x.room_id IN (SELECT l.room_id FROM \(loadedRooms) l) AND \(isIndexable)
                        """
                )
            ],
            omissions: [
                Omission(
                    "receipts in unknown rooms",
                    """
                    SELECT count(*) FROM syncapi_receipts x
                    WHERE x.room_id NOT IN (SELECT l.room_id FROM \(loadedRooms) l)
                    """),
                Omission(
                    "receipts for events whose ids are too long",
                    """
                    SELECT count(*) FROM syncapi_receipts x
                    WHERE x.room_id IN (SELECT l.room_id FROM \(loadedRooms) l) AND NOT \(isIndexable)
                    """),
            ]
        )
    }

    /// Dendrite takes what a client or another server calls an event, however long; Synapse has an index of it.
    private var isIndexable: SQL {
        "(octet_length(x.room_id) + octet_length(x.event_id) <= \(EventWriter.longestIndexEntry))"
    }
}
