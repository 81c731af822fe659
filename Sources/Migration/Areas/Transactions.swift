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
                TableLoad(
                    into: "matrix_loader.sent_transaction", id: "sent_transaction",
                    from: """
                        SELECT o.id AS position, o.event_id, o.room_id, s.user_id, s.device_id, o.transaction_id AS txn_id
                        FROM syncapi_output_room_events o JOIN \(sessions) s USING (session_id)
                        WHERE o.transaction_id <> ''
                        """
                ),
                // Synapse forgets these a day after inserted_ts.
                TableLoad(
                    "event_txn_id_device_id", into: ["event_txn_id_device_id"],
                    statements: [
                        """
                        INSERT INTO event_txn_id_device_id (event_id, room_id, user_id, device_id, txn_id, inserted_ts)
                        SELECT DISTINCT ON (t.room_id, t.user_id, t.device_id, t.txn_id)
                               t.event_id, t.room_id, t.user_id, t.device_id, t.txn_id, \(now)
                        FROM matrix_loader.sent_transaction t
                        JOIN events USING (event_id) JOIN devices USING (user_id, device_id)
                        ORDER BY t.room_id, t.user_id, t.device_id, t.txn_id, t.position DESC
                        """
                    ]),
            ],
            omissions: [
                Omission(
                    "transaction ids of devices that are gone",
                    """
                    SELECT count(*) FROM syncapi_output_room_events o LEFT JOIN \(sessions) s USING (session_id)
                    WHERE o.transaction_id <> '' AND s.session_id IS NULL
                    """),
            ]
        )
    }
}
