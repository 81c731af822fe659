// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Transaction ids of sent events: a client that never got the answer to its last sending sends again, and must get
/// the same event, not a second one.
extension Plan {
    var transactions: Area {
        Area(
            "transactions",
            [
                // Synapse forgets these a day after inserted_ts. Of two events for one transaction the later one counts.
                TableLoad(
                    into: "event_txn_id_device_id",
                    from: """
                        SELECT DISTINCT ON (o.session_id, o.transaction_id COLLATE "C", o.room_id COLLATE "C")
                               o.event_id, o.room_id, s.user_id, s.device_id, o.transaction_id AS txn_id, \(now)::int8 AS inserted_ts
                        FROM syncapi_output_room_events o JOIN \(sessions) s USING (session_id)
                             JOIN roomserver_events e ON e.event_id = o.event_id
                             JOIN roomserver_rooms r ON r.room_nid = e.room_nid AND r.room_version <> ALL (\(RoomVersion.unsupported))
                        WHERE o.transaction_id <> ''
                        ORDER BY o.session_id, o.transaction_id COLLATE "C", o.room_id COLLATE "C", o.id DESC
                        """
                )
            ],
            omissions: [
                Omission(
                    "transaction ids of devices that are gone",
                    """
                    SELECT count(*) FROM syncapi_output_room_events o LEFT JOIN \(sessions) s USING (session_id)
                    WHERE o.transaction_id <> '' AND s.session_id IS NULL
                    """)
            ]
        )
    }
}
