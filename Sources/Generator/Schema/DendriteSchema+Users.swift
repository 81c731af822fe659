// SPDX-License-Identifier: Apache-2.0

extension DendriteSchema {
    /// The user server's tables: accounts and what belongs to them.
    static let usersTables: [DendriteTable] = [
        DendriteTable(
            "userapi_account_datas",
            columns: """
                localpart text NOT NULL, server_name text NOT NULL, room_id text, type text NOT NULL,
                content text NOT NULL
                """,
            keys: [
                .uniqueIndex("userapi_account_datas_idx", "(localpart, server_name, room_id, type)")
            ]
        ),
        DendriteTable(
            "userapi_accounts",
            columns: """
                localpart text NOT NULL, server_name text NOT NULL, created_ts bigint NOT NULL,
                password_hash text, appservice_id text, is_deactivated boolean DEFAULT false,
                account_type smallint NOT NULL
                """,
            keys: [
                .uniqueIndex("userapi_accounts_idx", "(localpart, server_name)")
            ]
        ),
        DendriteTable(
            "userapi_daily_stats",
            columns: """
                timestamp bigint NOT NULL, server_name text NOT NULL, messages bigint NOT NULL,
                sent_messages bigint NOT NULL, e2ee_messages bigint NOT NULL, sent_e2ee_messages bigint NOT NULL,
                active_rooms bigint NOT NULL, active_e2ee_rooms bigint NOT NULL
                """,
            keys: [
                .constraint("daily_stats_unique", "UNIQUE (timestamp, server_name)")
            ]
        ),
        DendriteTable(
            "userapi_daily_visits",
            columns: """
                localpart text NOT NULL, device_id text NOT NULL, timestamp bigint NOT NULL, user_agent text
                """,
            keys: [
                .uniqueIndex(
                    "userapi_daily_visits_localpart_device_timestamp_idx",
                    "(localpart, device_id, timestamp)"),
                .index("userapi_daily_visits_localpart_timestamp_idx", "(localpart, timestamp)"),
                .index("userapi_daily_visits_timestamp_idx", "(timestamp)"),
            ]
        ),
        DendriteTable(
            "userapi_devices",
            columns: """
                access_token text NOT NULL,
                session_id bigint NOT NULL DEFAULT nextval('userapi_device_session_id_seq'),
                device_id text NOT NULL, localpart text NOT NULL, server_name text NOT NULL,
                created_ts bigint NOT NULL, display_name text, last_seen_ts bigint NOT NULL, ip text,
                user_agent text
                """,
            keys: [
                .constraint("userapi_devices_pkey", "PRIMARY KEY (access_token)"),
                .uniqueIndex("userapi_device_localpart_id_idx", "(localpart, server_name, device_id)"),
            ]
        ),
        DendriteTable(
            "userapi_key_backup_versions",
            columns: """
                user_id text NOT NULL, version bigint DEFAULT nextval('userapi_key_backup_versions_seq'),
                algorithm text NOT NULL, auth_data text NOT NULL, etag text NOT NULL,
                deleted smallint NOT NULL DEFAULT 0
                """,
            keys: [
                .uniqueIndex("userapi_key_backup_versions_idx", "(user_id, version)")
            ]
        ),
        DendriteTable(
            "userapi_key_backups",
            columns: """
                user_id text NOT NULL, room_id text NOT NULL, session_id text NOT NULL, version text NOT NULL,
                first_message_index integer NOT NULL, forwarded_count integer NOT NULL,
                is_verified boolean NOT NULL, session_data text NOT NULL
                """,
            keys: [
                .uniqueIndex("userapi_key_backups_idx", "(user_id, room_id, session_id, version)"),
                .index("userapi_key_backups_versions_idx", "(user_id, version)"),
            ]
        ),
        DendriteTable(
            "userapi_login_tokens",
            columns: """
                token text NOT NULL, token_expires_at timestamp NOT NULL, user_id text NOT NULL
                """,
            keys: [
                .constraint("userapi_login_tokens_pkey", "PRIMARY KEY (token)"),
                .index("userapi_login_tokens_expiration_idx", "(token_expires_at)"),
            ]
        ),
        DendriteTable(
            "userapi_notifications",
            columns: """
                id bigint NOT NULL DEFAULT nextval('userapi_notifications_id_seq'), localpart text NOT NULL,
                server_name text NOT NULL, room_id text NOT NULL, event_id text NOT NULL,
                stream_pos bigint NOT NULL, ts_ms bigint NOT NULL, highlight boolean NOT NULL,
                notification_json text NOT NULL, read boolean NOT NULL DEFAULT false
                """,
            keys: [
                .constraint("userapi_notifications_pkey", "PRIMARY KEY (id)"),
                .index("userapi_notification_localpart_id_idx", "(localpart, server_name, id)"),
                .index(
                    "userapi_notification_localpart_room_id_event_id_idx",
                    "(localpart, server_name, room_id, event_id)"),
                .index("userapi_notification_localpart_room_id_id_idx", "(localpart, server_name, room_id, id)"),
            ]
        ),
        DendriteTable(
            "userapi_openid_tokens",
            columns: """
                token text NOT NULL, localpart text NOT NULL, server_name text NOT NULL,
                token_expires_at_ms bigint NOT NULL
                """,
            keys: [
                .constraint("userapi_openid_tokens_pkey", "PRIMARY KEY (token)")
            ]
        ),
        DendriteTable(
            "userapi_profiles",
            columns: """
                localpart text NOT NULL, server_name text NOT NULL, display_name text, avatar_url text
                """,
            keys: [
                .uniqueIndex("userapi_profiles_idx", "(localpart, server_name)")
            ]
        ),
        DendriteTable(
            "userapi_pushers",
            columns: """
                id bigint NOT NULL DEFAULT nextval('userapi_pushers_id_seq'), localpart text NOT NULL,
                server_name text NOT NULL, session_id bigint, profile_tag text, kind text NOT NULL,
                app_id text NOT NULL, app_display_name text NOT NULL, device_display_name text NOT NULL,
                pushkey text NOT NULL, pushkey_ts_ms bigint NOT NULL DEFAULT 0, lang text NOT NULL,
                data text NOT NULL
                """,
            keys: [
                .constraint("userapi_pushers_pkey", "PRIMARY KEY (id)"),
                .index("userapi_pusher_app_id_pushkey_idx", "(app_id, pushkey)"),
                .uniqueIndex(
                    "userapi_pusher_app_id_pushkey_localpart_idx",
                    "(app_id, pushkey, localpart, server_name)"),
                .index("userapi_pusher_localpart_idx", "(localpart, server_name)"),
            ]
        ),
        DendriteTable(
            "userapi_registration_tokens",
            columns: """
                token text NOT NULL, pending bigint, completed bigint, uses_allowed bigint, expiry_time bigint
                """,
            keys: [
                .constraint("userapi_registration_tokens_pkey", "PRIMARY KEY (token)")
            ]
        ),
        DendriteTable(
            "userapi_threepids",
            columns: """
                threepid text NOT NULL, medium text NOT NULL DEFAULT 'email', localpart text NOT NULL,
                server_name text NOT NULL
                """,
            keys: [
                .constraint("userapi_threepids_pkey", "PRIMARY KEY (threepid, medium)"),
                .index("userapi_threepid_idx", "(localpart, server_name)"),
            ]
        ),
    ]
}
