// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Where notifications are pushed to.
extension Plan {
    var pushers: Area {
        Area(
            "pushers",
            [
                // Dendrite's own clock counts seconds here, a client's milliseconds. Of a session that is gone a pusher is left in
                // Dendrite and goes on; in Synapse one dies with its session, which it finds by the device.
                TableLoad(
                    into: "pushers",
                    from: """
                        SELECT \(firstFreeStream - 1) + row_number() OVER (ORDER BY p.id) AS id, a.user_id AS user_name,
                               s.number AS access_token, coalesce(p.profile_tag, '') AS profile_tag, p.kind, p.app_id,
                               p.app_display_name, p.device_display_name, p.pushkey,
                               p.pushkey_ts_ms * CASE WHEN p.pushkey_ts_ms BETWEEN 1 AND 99999999999 THEN 1000 ELSE 1 END AS ts,
                               p.lang, p.data, true AS enabled, s.device_id, 'master' AS instance_name
                        FROM userapi_pushers p JOIN \(liveAccounts) a USING (localpart)
                        LEFT JOIN \(sessions) s USING (session_id)
                        WHERE p.server_name = \(serverName)
                        """
                )
            ],
            omissions: [
                Omission(
                    "pushers of deactivated or missing accounts",
                    """
                    SELECT count(*) FROM userapi_pushers p LEFT JOIN \(liveAccounts) a USING (localpart)
                    WHERE p.server_name = \(serverName) AND a.user_id IS NULL
                    """)
            ]
        )
    }
}
