// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Accounts.
extension Plan {
    var users: Area {
        Area(
            "users",
            [
                TableLoad(
                    into: "users",
                    from: """
                        SELECT '@' || localpart || ':' || server_name AS name,
                               CASE WHEN NOT coalesce(is_deactivated, false) THEN nullif(password_hash, '') END AS password_hash,
                               created_ts / 1000 AS creation_ts,  -- seconds, unlike most of Synapse
                               (account_type = 3)::int::int2 AS admin,
                               (account_type = 2)::int::int2 AS is_guest,
                               nullif(appservice_id, '') AS appservice_id,
                               coalesce(is_deactivated, false)::int::int2 AS deactivated,
                               true AS approved, false AS shadow_banned, false AS locked, false AS suspended
                        FROM userapi_accounts
                        WHERE server_name = \(serverName)
                        """
                ),
            ]
        )
    }
}
