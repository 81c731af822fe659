// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Names and avatars.
extension Plan {
    var profiles: Area {
        Area(
            "profiles",
            [
                // One per account, as Synapse knows nobody without a row; and those that have lost their account.
                TableLoad(
                    into: "profiles",
                    from: """
                        SELECT localpart AS user_id, '@' || localpart || ':' || \(serverName) AS full_user_id,
                               nullif(p.display_name, '') AS displayname, nullif(p.avatar_url, '') AS avatar_url
                        FROM (SELECT localpart FROM userapi_accounts WHERE server_name = \(serverName)) AS a
                        FULL JOIN (SELECT localpart, display_name, avatar_url FROM userapi_profiles
                                   WHERE server_name = \(serverName)) AS p USING (localpart)
                        """
                )
            ]
        )
    }
}
