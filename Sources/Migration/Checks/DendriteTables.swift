// SPDX-License-Identifier: Apache-2.0

/// What a Dendrite database has once Dendrite 0.12 or later was started on it.
enum DendriteTables {
    /// All tables that are read.
    static let all = needed + later.keys.sorted()

    /// Tables that came with a release since 0.12, by the columns that are read of them.
    ///
    /// Where such a release was never started there is nothing that they could hold.
    static let later = [
        // 0.13.0
        "userapi_registration_tokens": """
        NULL::text AS token, NULL::bigint AS pending, NULL::bigint AS completed, NULL::bigint AS uses_allowed,
        NULL::bigint AS expiry_time
        """,
        // 0.13.7
        "roomserver_reported_events": "NULL::bigint AS id",
        // 0.14.0
        "keyserver_fallback_keys": """
        NULL::text AS user_id, NULL::text AS device_id, NULL::text AS key_id, NULL::text AS algorithm,
        NULL::text AS key_json, NULL::boolean AS used
        """,
    ]

    /// The tables that are read and that all releases since 0.12 have.
    static let needed = [
        "roomserver_event_types", "roomserver_event_state_keys", "roomserver_rooms", "roomserver_events",
        "roomserver_event_json", "roomserver_previous_events", "roomserver_state_snapshots", "roomserver_state_block",
        "roomserver_redactions", "roomserver_membership", "roomserver_invites", "roomserver_room_aliases",
        "roomserver_published", "syncapi_output_room_events", "syncapi_current_room_state", "syncapi_invite_events",
        "syncapi_account_data_type",
        "syncapi_peeks", "syncapi_receipts", "syncapi_send_to_device", "syncapi_presence", "syncapi_relations",
        "syncapi_notification_data", "syncapi_filter", "userapi_accounts", "userapi_profiles", "userapi_devices",
        "userapi_threepids", "userapi_account_datas", "userapi_key_backups", "userapi_key_backup_versions",
        "userapi_pushers", "userapi_notifications", "userapi_login_tokens",
        "userapi_openid_tokens", "userapi_daily_visits", "keyserver_device_keys", "keyserver_one_time_keys",
        "keyserver_key_changes", "keyserver_cross_signing_keys",
        "keyserver_cross_signing_sigs", "keyserver_stale_device_lists", "federationsender_queue_edus",
        "federationsender_queue_pdus", "federationsender_queue_json", "federationsender_blacklist",
        "keydb_server_keys", "mediaapi_media_repository", "mediaapi_thumbnail",
    ]

    /// Tables that hold what others say as well, what was of use while Dendrite ran, or what Synapse asks others for; and
    /// what is left of tables that Dendrite has renamed or no longer has.
    static let derived = [
        "syncapi_backward_extremities", "syncapi_memberships", "syncapi_ignores", "syncapi_output_room_events_topology",
        "roomserver_user_room_keys", "userapi_daily_stats", "federationsender_joined_hosts",
        "federationsender_assumed_offline", "federationsender_relay_servers",
        "federationsender_notary_server_keys_json", "federationsender_notary_server_keys_metadata", "db_migrations",
        "goose_db_version", "roomserver_transactions", "account_filter", "account_memberships",
        "federationsender_rooms",
        "account_accounts", "account_data", "device_devices", "account_e2e_room_keys", "account_e2e_room_keys_versions",
        "login_tokens", "open_id_tokens", "account_profiles", "account_threepid", "appservice_events",
        "federationsender_retry_state",
    ]

    /// As ``derived``, by a regular expression: whole components that are no more, and how far each had read the others' logs.
    static let derivedPattern = "^(currentstate|publicroomsapi|naffka)_|_partition_offsets$"

    /// By table the columns that are read, where copying all for them would take long.
    static let columns = ["syncapi_current_room_state": ["room_id", "event_id"]]

    /// What `db_migrations` lists, on new servers too.
    ///
    /// Those are left out that only take away what nobody reads: `reference_sha`, which 0.12 still has.
    static let migrations = [
        "roomserver: state blocks refactor", "roomserver: add forgotten column",
        "roomserver: published appservice", "roomserver: published appservice pkey", "syncapi: fix sequences",
        "syncapi: drop sent_by_token",
        "syncapi: add history visibility column (output_room_events)",
        "syncapi: add history visibility column (current_room_state)",
        "syncapi: set history visibility for existing events", "syncapi: rename dupe index (output_room_events)",
        "userapi: rename tables", "userapi: server names", "userapi: server names populate", "userapi: add is active",
        "userapi: add account type", "userapi: add last_seen_ts", "keyserver: refactor key changes",
        "keyserver: cross signing signature indexes", "federationsender: drop federationsender_rooms",
        "federationapi: add expiresat column",
    ]
}
