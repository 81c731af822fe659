// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Push rules that users made, and what they changed about the default ones.
extension Plan {
    var pushRules: Area {
        Area(
            "push_rules",
            [
                TableLoad(
                    "push_rules", into: [PushRuleTables.rules, PushRuleTables.enabled],
                    from: """
                        SELECT DISTINCT ON (d.localpart) a.user_id, d.content
                        FROM userapi_account_datas d JOIN \(liveAccounts) a USING (localpart)
                        WHERE d.server_name = \(serverName) AND d.type = 'm.push_rules' AND coalesce(d.room_id, '') = ''
                        ORDER BY d.localpart, d.room_id NULLS LAST
                        """
                ) {
                    var tables = PushRuleTables()
                    return { row, sink throws(RejectedRow) in tables.add(row, to: &sink) }
                }
            ]
        )
    }
}
