// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Status messages and times of last activity; nobody is online while the server is down.
extension Plan {
    var presence: Area {
        Area(
            "presence",
            [
                TableLoad(
                    into: "presence_stream",
                    from: """
                        SELECT \(firstFreeStream - 1) + row_number() OVER (ORDER BY id) AS stream_id, user_id, 'offline' AS state,
                               last_active_ts, last_active_ts AS last_federation_update_ts, last_active_ts AS last_user_sync_ts,
                               nullif(status_msg, '') AS status_msg, false AS currently_active, 'master' AS instance_name
                        FROM syncapi_presence
                        """
                )
            ]
        )
    }
}
