// SPDX-License-Identifier: Apache-2.0

extension DendriteSchema {
    /// The sync server's tables: what clients saw and in which order.
    static let syncTables: [DendriteTable] = [
        DendriteTable(
            "syncapi_account_data_type",
            columns: """
                id bigint NOT NULL DEFAULT nextval('syncapi_stream_id'), user_id text NOT NULL,
                room_id text NOT NULL, type text NOT NULL
                """,
            keys: [
                .constraint("syncapi_account_data_type_pkey", "PRIMARY KEY (id)"),
                .constraint("syncapi_account_data_unique", "UNIQUE (user_id, room_id, type)"),
                .uniqueIndex("syncapi_account_data_id_idx", "(id, type)"),
            ]
        ),
        DendriteTable(
            "syncapi_backward_extremities",
            columns: """
                room_id text NOT NULL, event_id text NOT NULL, prev_event_id text NOT NULL
                """,
            keys: [
                .constraint("syncapi_backward_extremities_pkey", "PRIMARY KEY (room_id, event_id, prev_event_id)")
            ]
        ),
        DendriteTable(
            "syncapi_current_room_state",
            columns: """
                room_id text NOT NULL, event_id text NOT NULL, type text NOT NULL, sender text NOT NULL,
                contains_url boolean NOT NULL, state_key text NOT NULL, headered_event_json text NOT NULL,
                membership text, added_at bigint, history_visibility smallint NOT NULL DEFAULT 2
                """,
            keys: [
                .constraint("syncapi_room_state_unique", "UNIQUE (room_id, type, state_key)"),
                .uniqueIndex("syncapi_current_room_state_eventid_idx", "(event_id)"),
                .index("syncapi_current_room_state_type_state_key_idx", "(type, state_key)"),
                .uniqueIndex("syncapi_event_id_idx", "(event_id, room_id, type, sender, contains_url)"),
                .index(
                    "syncapi_membership_idx",
                    "(type, state_key, membership) WHERE ((membership IS NOT NULL) AND (membership <> 'leave'::text))"),
            ]
        ),
        DendriteTable(
            "syncapi_filter",
            columns: """
                filter text NOT NULL, id integer NOT NULL DEFAULT nextval('syncapi_filter_id_seq'),
                localpart text NOT NULL
                """,
            keys: [
                .constraint("syncapi_filter_id_key", "UNIQUE (id)"),
                .constraint("syncapi_filter_pkey", "PRIMARY KEY (id, localpart)"),
                .index("syncapi_filter_localpart", "(localpart)"),
            ]
        ),
        DendriteTable(
            "syncapi_ignores",
            columns: """
                user_id text NOT NULL, ignores_json text NOT NULL
                """,
            keys: [
                .constraint("syncapi_ignores_pkey", "PRIMARY KEY (user_id)")
            ]
        ),
        DendriteTable(
            "syncapi_invite_events",
            columns: """
                id bigint NOT NULL DEFAULT nextval('syncapi_stream_id'), event_id text NOT NULL,
                room_id text NOT NULL, target_user_id text NOT NULL, headered_event_json text NOT NULL,
                deleted boolean NOT NULL
                """,
            keys: [
                .constraint("syncapi_invite_events_pkey", "PRIMARY KEY (id)"),
                .index("syncapi_invites_event_id_idx", "(event_id)"),
                .index("syncapi_invites_target_user_id_idx", "(target_user_id, id)"),
            ]
        ),
        DendriteTable(
            "syncapi_memberships",
            columns: """
                room_id text NOT NULL, user_id text NOT NULL, membership text NOT NULL, event_id text NOT NULL,
                stream_pos bigint NOT NULL, topological_pos bigint NOT NULL
                """,
            keys: [
                .constraint("syncapi_memberships_unique", "UNIQUE (room_id, user_id, membership)")
            ]
        ),
        DendriteTable(
            "syncapi_notification_data",
            columns: """
                id bigint NOT NULL DEFAULT nextval('syncapi_notification_data_id_seq'), user_id text NOT NULL,
                room_id text NOT NULL, notification_count bigint NOT NULL DEFAULT 0,
                highlight_count bigint NOT NULL DEFAULT 0
                """,
            keys: [
                .constraint("syncapi_notification_data_pkey", "PRIMARY KEY (id)"),
                .constraint("syncapi_notification_data_unique", "UNIQUE (user_id, room_id)"),
            ]
        ),
        DendriteTable(
            "syncapi_output_room_events",
            columns: """
                id bigint NOT NULL DEFAULT nextval('syncapi_stream_id'), event_id text NOT NULL,
                room_id text NOT NULL, headered_event_json text NOT NULL, type text NOT NULL,
                sender text NOT NULL, contains_url boolean NOT NULL, add_state_ids text[],
                remove_state_ids text[], session_id bigint, transaction_id text,
                exclude_from_sync boolean DEFAULT false, history_visibility smallint NOT NULL DEFAULT 2
                """,
            keys: [
                .constraint("syncapi_output_room_event_id_idx", "UNIQUE (event_id)"),
                .constraint("syncapi_output_room_events_pkey", "PRIMARY KEY (id)"),
                .index("syncapi_output_room_events_add_state_ids_idx", "(((add_state_ids IS NOT NULL)))"),
                .index("syncapi_output_room_events_exclude_from_sync_idx", "(exclude_from_sync)"),
                .index(
                    "syncapi_output_room_events_recent_events_idx",
                    "(room_id, exclude_from_sync, id, sender, type)"),
                .index("syncapi_output_room_events_remove_state_ids_idx", "(((remove_state_ids IS NOT NULL)))"),
                .index("syncapi_output_room_events_room_id_idx", "(room_id)"),
                .index("syncapi_output_room_events_sender_idx", "(sender)"),
                .index("syncapi_output_room_events_type_idx", "(type)"),
            ]
        ),
        DendriteTable(
            "syncapi_output_room_events_topology",
            columns: """
                event_id text NOT NULL, topological_position bigint NOT NULL, stream_position bigint NOT NULL,
                room_id text NOT NULL
                """,
            keys: [
                .constraint("syncapi_output_room_events_topology_pkey", "PRIMARY KEY (event_id)"),
                .uniqueIndex(
                    "syncapi_event_topological_position_idx",
                    "(topological_position, stream_position, room_id)"),
            ]
        ),
        DendriteTable(
            "syncapi_peeks",
            columns: """
                id bigint DEFAULT nextval('syncapi_stream_id'), room_id text NOT NULL, user_id text NOT NULL,
                device_id text NOT NULL, deleted boolean NOT NULL DEFAULT false, creation_ts bigint NOT NULL
                """,
            keys: [
                .constraint("syncapi_peeks_room_id_user_id_device_id_key", "UNIQUE (room_id, user_id, device_id)"),
                .index("syncapi_peeks_room_id_idx", "(room_id)"),
                .index("syncapi_peeks_user_id_device_id_idx", "(user_id, device_id)"),
            ]
        ),
        DendriteTable(
            "syncapi_presence",
            columns: """
                id bigint NOT NULL DEFAULT nextval('syncapi_presence_id'), user_id text NOT NULL,
                presence integer NOT NULL, status_msg text, last_active_ts bigint NOT NULL
                """,
            keys: [
                .constraint("presence_presences_unique", "UNIQUE (user_id)"),
                .constraint("syncapi_presence_pkey", "PRIMARY KEY (id)"),
                .index("syncapi_presence_user_id", "(user_id)"),
            ]
        ),
        DendriteTable(
            "syncapi_receipts",
            columns: """
                id bigint NOT NULL DEFAULT nextval('syncapi_receipt_id'), room_id text NOT NULL,
                receipt_type text NOT NULL, user_id text NOT NULL, event_id text NOT NULL,
                receipt_ts bigint NOT NULL
                """,
            keys: [
                .constraint("syncapi_receipts_pkey", "PRIMARY KEY (id)"),
                .constraint("syncapi_receipts_unique", "UNIQUE (room_id, receipt_type, user_id)"),
                .index("syncapi_receipts_room_id", "(room_id)"),
            ]
        ),
        DendriteTable(
            "syncapi_relations",
            columns: """
                id bigint NOT NULL DEFAULT nextval('syncapi_relation_id'), room_id text NOT NULL,
                event_id text NOT NULL, child_event_id text NOT NULL, child_event_type text NOT NULL,
                rel_type text NOT NULL
                """,
            keys: [
                .constraint("syncapi_relations_pkey", "PRIMARY KEY (id)"),
                .constraint("syncapi_relations_unique", "UNIQUE (room_id, event_id, child_event_id, rel_type)"),
            ]
        ),
        DendriteTable(
            "syncapi_send_to_device",
            columns: """
                id bigint NOT NULL DEFAULT nextval('syncapi_send_to_device_id'), user_id text NOT NULL,
                device_id text NOT NULL, content text NOT NULL
                """,
            keys: [
                .constraint("syncapi_send_to_device_pkey", "PRIMARY KEY (id)"),
                .index("syncapi_send_to_device_user_id_device_id_idx", "(user_id, device_id)"),
            ]
        ),
    ]
}
