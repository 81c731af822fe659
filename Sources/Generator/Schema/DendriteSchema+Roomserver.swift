// SPDX-License-Identifier: Apache-2.0

extension DendriteSchema {
    /// The room server's tables: events, state and membership.
    static let roomserverTables: [DendriteTable] = [
        DendriteTable(
            "roomserver_event_json",
            columns: """
                event_nid bigint NOT NULL, event_json text NOT NULL
                """,
            keys: [
                .constraint("roomserver_event_json_pkey", "PRIMARY KEY (event_nid)")
            ]
        ),
        DendriteTable(
            "roomserver_event_state_keys",
            columns: """
                event_state_key_nid bigint NOT NULL DEFAULT nextval('roomserver_event_state_key_nid_seq'),
                event_state_key text NOT NULL
                """,
            keys: [
                .constraint("roomserver_event_state_key_unique", "UNIQUE (event_state_key)"),
                .constraint("roomserver_event_state_keys_pkey", "PRIMARY KEY (event_state_key_nid)"),
            ]
        ),
        DendriteTable(
            "roomserver_event_types",
            columns: """
                event_type_nid bigint NOT NULL DEFAULT nextval('roomserver_event_type_nid_seq'),
                event_type text NOT NULL
                """,
            keys: [
                .constraint("roomserver_event_type_unique", "UNIQUE (event_type)"),
                .constraint("roomserver_event_types_pkey", "PRIMARY KEY (event_type_nid)"),
            ]
        ),
        DendriteTable(
            "roomserver_events",
            columns: """
                event_nid bigint NOT NULL DEFAULT nextval('roomserver_event_nid_seq'), room_nid bigint NOT NULL,
                event_type_nid bigint NOT NULL, event_state_key_nid bigint NOT NULL,
                sent_to_output boolean NOT NULL DEFAULT false, state_snapshot_nid bigint NOT NULL DEFAULT 0,
                depth bigint NOT NULL, event_id text NOT NULL, auth_event_nids bigint[] NOT NULL,
                is_rejected boolean NOT NULL DEFAULT false
                """,
            keys: [
                .constraint("roomserver_event_id_unique", "UNIQUE (event_id)"),
                .constraint("roomserver_events_pkey", "PRIMARY KEY (event_nid)"),
                .index("roomserver_event_event_type_nid_idx", "(event_type_nid)"),
                .index("roomserver_event_state_key_nid_idx", "(event_state_key_nid)"),
                .index(
                    "roomserver_events_memberships_idx",
                    "(room_nid, event_state_key_nid) WHERE (event_type_nid = 5)"),
            ]
        ),
        DendriteTable(
            "roomserver_invites",
            columns: """
                invite_event_id text NOT NULL, room_nid bigint NOT NULL, target_nid bigint NOT NULL,
                sender_nid bigint NOT NULL DEFAULT 0, retired boolean NOT NULL DEFAULT false,
                invite_event_json text NOT NULL
                """,
            keys: [
                .constraint("roomserver_invites_pkey", "PRIMARY KEY (invite_event_id)"),
                .index("roomserver_invites_active_idx", "(target_nid, room_nid) WHERE (NOT retired)"),
            ]
        ),
        DendriteTable(
            "roomserver_membership",
            columns: """
                room_nid bigint NOT NULL, target_nid bigint NOT NULL, sender_nid bigint NOT NULL DEFAULT 0,
                membership_nid bigint NOT NULL DEFAULT 1, event_nid bigint NOT NULL DEFAULT 0,
                target_local boolean NOT NULL DEFAULT false, forgotten boolean NOT NULL DEFAULT false
                """,
            keys: [
                .constraint("roomserver_membership_room_nid_target_nid_key", "UNIQUE (room_nid, target_nid)")
            ]
        ),
        DendriteTable(
            "roomserver_previous_events",
            columns: """
                previous_event_id text NOT NULL, event_nids bigint[] NOT NULL
                """,
            keys: [
                .constraint("roomserver_previous_event_id_unique", "UNIQUE (previous_event_id)")
            ]
        ),
        DendriteTable(
            "roomserver_published",
            columns: """
                room_id text NOT NULL, appservice_id text NOT NULL, network_id text NOT NULL,
                published boolean NOT NULL DEFAULT false
                """,
            keys: [
                .constraint("roomserver_published_pkey", "PRIMARY KEY (room_id, appservice_id, network_id)")
            ]
        ),
        DendriteTable(
            "roomserver_redactions",
            columns: """
                redaction_event_id text NOT NULL, redacts_event_id text NOT NULL, validated boolean NOT NULL
                """,
            keys: [
                .constraint("roomserver_redactions_pkey", "PRIMARY KEY (redaction_event_id)"),
                .index("roomserver_redactions_redacts_event_id", "(redacts_event_id)"),
            ]
        ),
        DendriteTable(
            "roomserver_reported_events",
            columns: """
                id bigint NOT NULL DEFAULT nextval('roomserver_reported_events_id_seq'), room_nid bigint NOT NULL,
                event_nid bigint NOT NULL, reporting_user_nid bigint NOT NULL, event_sender_nid bigint NOT NULL,
                reason text, score integer, received_ts bigint NOT NULL
                """,
            keys: [
                .constraint("roomserver_reported_events_pkey", "PRIMARY KEY (id)")
            ]
        ),
        DendriteTable(
            "roomserver_room_aliases",
            columns: """
                alias text NOT NULL, room_id text NOT NULL, creator_id text NOT NULL
                """,
            keys: [
                .constraint("roomserver_room_aliases_pkey", "PRIMARY KEY (alias)"),
                .index("roomserver_room_id_idx", "(room_id)"),
            ]
        ),
        DendriteTable(
            "roomserver_rooms",
            columns: """
                room_nid bigint NOT NULL DEFAULT nextval('roomserver_room_nid_seq'), room_id text NOT NULL,
                latest_event_nids bigint[] NOT NULL DEFAULT '{}', last_event_sent_nid bigint NOT NULL DEFAULT 0,
                state_snapshot_nid bigint NOT NULL DEFAULT 0, room_version text NOT NULL
                """,
            keys: [
                .constraint("roomserver_room_id_unique", "UNIQUE (room_id)"),
                .constraint("roomserver_rooms_pkey", "PRIMARY KEY (room_nid)"),
            ]
        ),
        DendriteTable(
            "roomserver_state_block",
            columns: """
                state_block_nid bigint NOT NULL DEFAULT nextval('roomserver_state_block_nid_seq'),
                state_block_hash bytea, event_nids bigint[] NOT NULL
                """,
            keys: [
                .constraint("roomserver_state_block_pkey", "PRIMARY KEY (state_block_nid)"),
                .constraint("roomserver_state_block_state_block_hash_key", "UNIQUE (state_block_hash)"),
            ]
        ),
        DendriteTable(
            "roomserver_state_snapshots",
            columns: """
                state_snapshot_nid bigint NOT NULL DEFAULT nextval('roomserver_state_snapshot_nid_seq'),
                state_snapshot_hash bytea, room_nid bigint NOT NULL, state_block_nids bigint[] NOT NULL
                """,
            keys: [
                .constraint("roomserver_state_snapshots_pkey", "PRIMARY KEY (state_snapshot_nid)"),
                .constraint("roomserver_state_snapshots_state_snapshot_hash_key", "UNIQUE (state_snapshot_hash)"),
            ]
        ),
        DendriteTable(
            "roomserver_user_room_keys",
            columns: """
                user_nid integer NOT NULL, room_nid integer NOT NULL, pseudo_id_key bytea,
                pseudo_id_pub_key bytea NOT NULL
                """,
            keys: [
                .constraint("roomserver_user_room_keys_pk", "UNIQUE (user_nid, room_nid)")
            ]
        ),
    ]
}
