// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Sessions: devices and the access tokens that clients go on with.
extension Plan {
    var devices: Area {
        Area(
            "devices",
            [
                // Dendrite notes the client's port too, `10.0.0.1:5` or `[::1]:5`, and never shows it.
                TableLoad(
                    into: "devices",
                    from: #"""
                        SELECT user_id, device_id, nullif(display_name, '') AS display_name, last_seen_ts AS last_seen,
                               CASE WHEN ip ~ '^\[.*\]:[0-9]+$' THEN substring(ip FROM '^\[(.*)\]:[0-9]+$')
                                    WHEN ip ~ '^[^:]*:[0-9]+$' THEN split_part(ip, ':', 1)
                                    ELSE nullif(ip, '') END AS ip,
                               nullif(user_agent, '') AS user_agent, false AS hidden
                        FROM \#(sessions) AS s
                        """#
                ),
                // The time of the last check of the password, as far as Dendrite knows: the login.
                TableLoad(
                    into: "access_tokens",
                    from: """
                        SELECT number AS id, user_id, device_id, access_token AS token, created_ts AS last_validated, true AS used
                        FROM \(sessions) AS s
                        """
                ),
            ],
            omissions: [
                Omission(
                    "appservice tokens (they are in the registration files)",
                    """
                    SELECT count(*) FROM userapi_devices d
                    LEFT JOIN (SELECT localpart, account_type FROM userapi_accounts
                               WHERE server_name = \(serverName)) AS a USING (localpart)
                    WHERE d.server_name = \(serverName) AND \(isApplicationServiceToken)
                    """),
                Omission(
                    "devices of deactivated or missing accounts",
                    """
                    SELECT count(*) FROM userapi_devices d
                    LEFT JOIN (SELECT localpart, account_type, is_deactivated FROM userapi_accounts
                               WHERE server_name = \(serverName)) AS a USING (localpart)
                    WHERE d.server_name = \(serverName) AND NOT \(isApplicationServiceToken)
                    AND (a.localpart IS NULL OR coalesce(a.is_deactivated, false))
                    """),
            ]
        )
    }
}
