// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Accounts, and what stands for them: third-party ids and the tokens that live for a moment.
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
                // Synapse looks addresses up in lower case; of two that then are one, the first account's stays.
                TableLoad(
                    into: "user_threepids",
                    from: """
                        SELECT DISTINCT ON (medium, address) user_id, medium, address,
                               \(now)::int8 AS validated_at, \(now)::int8 AS added_at
                        FROM (SELECT a.user_id, t.medium,
                                     CASE t.medium WHEN 'email' THEN lower(t.threepid) ELSE t.threepid END AS address
                              FROM userapi_threepids t JOIN \(liveAccounts) a USING (localpart)
                              WHERE t.server_name = \(serverName)) AS t
                        ORDER BY medium, address, user_id COLLATE "C"
                        """
                ),
                // Unlimited is NULL, which least() would pass over. Registrations under way are lost with Dendrite's memory,
                // so no use of a token is pending any more.
                TableLoad(
                    into: "registration_tokens",
                    from: """
                        SELECT token, CASE WHEN uses_allowed < 2147483647 THEN uses_allowed
                                           WHEN uses_allowed IS NOT NULL THEN 2147483647 END::int4 AS uses_allowed,
                               0::int4 AS pending,
                               least(coalesce(completed, 0), 2147483647)::int4 AS completed, expiry_time
                        FROM \(later("userapi_registration_tokens")) AS t
                        """
                ),
                TableLoad(
                    into: "open_id_tokens",
                    from: """
                        SELECT t.token, t.token_expires_at_ms AS ts_valid_until_ms, a.user_id
                        FROM userapi_openid_tokens t JOIN \(liveAccounts) a USING (localpart)
                        WHERE t.server_name = \(serverName) AND t.token_expires_at_ms > \(now)
                        """
                ),
                TableLoad(
                    into: "login_tokens",
                    from: """
                        SELECT t.token, t.user_id, (extract(epoch FROM t.token_expires_at) * 1000)::int8 AS expiry_ts
                        FROM userapi_login_tokens t JOIN \(liveAccounts) a USING (user_id)
                        WHERE extract(epoch FROM t.token_expires_at) * 1000 > \(now)
                        """
                ),
            ],
            omissions: [
                Omission(
                    "accounts of other server names",
                    "SELECT count(*) FROM userapi_accounts WHERE server_name <> \(serverName)"),
                Omission("devices, profiles and the like of other server names", rowsOfOtherNames),
                Omission(
                    "third-party ids of deactivated or missing accounts",
                    """
                    SELECT count(*) FROM userapi_threepids t LEFT JOIN \(liveAccounts) a USING (localpart)
                    WHERE t.server_name = \(serverName) AND a.user_id IS NULL
                    """),
                Omission(
                    "third-party ids that differ from another in case only",
                    """
                    SELECT count(*) - count(DISTINCT lower(t.threepid))
                    FROM userapi_threepids t JOIN \(liveAccounts) a USING (localpart)
                    WHERE t.server_name = \(serverName) AND t.medium = 'email'
                    """),
                Omission(
                    "OpenID and login tokens that have expired",
                    """
                    SELECT (SELECT count(*) FROM userapi_openid_tokens WHERE token_expires_at_ms <= \(now))
                         + (SELECT count(*) FROM userapi_login_tokens
                            WHERE extract(epoch FROM token_expires_at) * 1000 <= \(now))
                    """),
            ]
        )
    }

    /// Rows that stand under a name that is not this server's, beside accounts: one number.
    private var rowsOfOtherNames: SQL {
        let tables = [
            "userapi_profiles", "userapi_devices", "userapi_account_datas", "userapi_threepids", "userapi_pushers",
            "userapi_openid_tokens",
        ]
        let counts: [SQL] = tables.map {
            "(SELECT count(*) FROM \(identifier: $0) WHERE server_name IS DISTINCT FROM \(serverName))"
        }
        return "SELECT \(raw: counts.map(\.text).joined(separator: " + "))"
    }
}
