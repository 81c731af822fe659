// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// What clients keep with the server: account data of users and rooms, tags, ignored users.
extension Plan {
    var accountData: Area {
        Area(
            "account_data",
            [
                TableLoad(
                    "account_data",
                    into: [
                        AccountDataTables.ofUser, AccountDataTables.ofRoom, AccountDataTables.tags,
                        AccountDataTables.tagRevisions, AccountDataTables.ignoredUsers,
                    ],
                    from: accountDataRows
                ) {
                    { row, sink throws(RejectedRow) in AccountDataTables.add(row, to: &sink) }
                }
            ],
            omissions: [
                Omission(
                    "account data of deactivated or missing accounts",
                    """
                    SELECT count(*) FROM userapi_account_datas d LEFT JOIN \(liveAccounts) a USING (localpart)
                    WHERE d.server_name = \(serverName) AND a.user_id IS NULL
                    """),
                Omission(
                    "account data that stands twice, of which Dendrite reads one",
                    """
                    SELECT count(*) - count(DISTINCT (d.localpart, d.type))
                    FROM userapi_account_datas d JOIN \(liveAccounts) a USING (localpart)
                    WHERE d.server_name = \(serverName) AND coalesce(d.room_id, '') = ''
                    """),
            ]
        )
    }

    /// user_id, room_id ('' for the user's own), type, content and stream_id of all account data, the oldest first.
    ///
    /// The room is nullable: of two rows that differ in nothing else, Dendrite reads the one with ''. When something
    /// changed stands in another table, under the bare localpart for what a room upgrade carried over.
    private var accountDataRows: SQL {
        """
        WITH data AS (
            SELECT DISTINCT ON (d.localpart, coalesce(d.room_id, ''), d.type)
                   a.user_id, coalesce(d.room_id, '') AS room_id, d.type, d.content
            FROM userapi_account_datas d JOIN \(liveAccounts) a USING (localpart)
            WHERE d.server_name = \(serverName) AND NOT (d.type = 'm.push_rules' AND coalesce(d.room_id, '') = '')
            ORDER BY d.localpart, coalesce(d.room_id, ''), d.type, d.room_id NULLS LAST
        ), changes AS (
            SELECT CASE WHEN user_id LIKE '@%' THEN user_id ELSE '@' || user_id || ':' || \(serverName) END AS user_id,
                   coalesce(room_id, '') AS room_id, type, max(id) AS id
            FROM syncapi_account_data_type GROUP BY 1, 2, 3
        )
        SELECT user_id, room_id, type, content,
               \(firstFreeStream - 1) + row_number() OVER (ORDER BY coalesce(id, 0), user_id COLLATE "C",
                                                           room_id COLLATE "C", type COLLATE "C") AS stream_id
        FROM data LEFT JOIN changes USING (user_id, room_id, type)
        ORDER BY stream_id
        """
    }
}
