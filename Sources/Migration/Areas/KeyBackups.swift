// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Room keys that clients keep, encrypted, with the server.
extension Plan {
    var keyBackups: Area {
        Area(
            "key_backups",
            [
                // Dendrite shows the newest version or, where that was deleted, none: an older one must not come back.
                // Deleted versions stay as rows so that their numbers are not given out again.
                TableLoad(
                    into: "e2e_room_keys_versions",
                    from: """
                        SELECT v.user_id, v.version, v.algorithm, v.auth_data,
                               (v.deleted <> 0 OR first_value(v.deleted) OVER newest_first <> 0)::int::int2 AS deleted,
                               CASE WHEN v.etag ~ '^[0-9]{1,18}$' THEN v.etag::int8 ELSE 0 END AS etag
                        FROM userapi_key_backup_versions v JOIN \(liveAccounts) a USING (user_id)
                        WHERE v.version IS NOT NULL
                        WINDOW newest_first AS (PARTITION BY v.user_id ORDER BY v.version DESC)
                        """
                ),
                TableLoad(
                    into: "e2e_room_keys",
                    from: """
                        SELECT k.user_id, k.room_id, k.session_id, v.version, k.first_message_index, k.forwarded_count,
                               k.is_verified, k.session_data
                        FROM userapi_key_backups k JOIN \(keptBackups) v ON v.user_id = k.user_id AND v.version::text = k.version
                        """
                ),
            ],
            omissions: [
                Omission(
                    "key backups of deactivated or missing accounts",
                    """
                    SELECT count(*) FROM userapi_key_backup_versions v LEFT JOIN \(liveAccounts) a USING (user_id)
                    WHERE a.user_id IS NULL
                    """),
                Omission(
                    "room keys of deleted backups",
                    """
                    SELECT count(*) FROM userapi_key_backups k
                    LEFT JOIN \(keptBackups) v ON v.user_id = k.user_id AND v.version::text = k.version
                    WHERE v.user_id IS NULL
                    """),
            ]
        )
    }

    private var keptBackups: SQL {
        """
        (SELECT v.user_id, v.version FROM userapi_key_backup_versions v JOIN \(liveAccounts) a USING (user_id)
         WHERE v.deleted = 0)
        """
    }
}
