// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Messages that wait for devices, above every position that an old sync token could acknowledge.
extension Plan {
    var toDevice: Area {
        Area(
            "to_device",
            [
                TableLoad(
                    "device_inbox", into: [WaitingTrafficTables.inbox],
                    from: """
                        SELECT m.user_id, m.device_id, \(firstFreeStream - 1) + row_number() OVER (ORDER BY m.id) AS stream_id,
                               m.content
                        FROM syncapi_send_to_device m JOIN \(sessions) s USING (user_id, device_id)
                        """
                ) {
                    { row, sink throws(RejectedRow) in WaitingTrafficTables.addMessage(row, to: &sink) }
                }
            ],
            omissions: [
                Omission(
                    "to-device messages for devices that are gone",
                    """
                    SELECT count(*) FROM syncapi_send_to_device m LEFT JOIN \(sessions) s USING (user_id, device_id)
                    WHERE s.session_id IS NULL
                    """)
            ]
        )
    }
}
