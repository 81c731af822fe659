// SPDX-License-Identifier: Apache-2.0

extension DendriteSchema {
    /// Tables of federation, of the relay, of one experiment, and the list of migrations.
    static let federationTables: [DendriteTable] = [
        DendriteTable(
            "db_migrations",
            columns: """
                version text NOT NULL, time text NOT NULL, dendrite_version text NOT NULL
                """,
            keys: [
                .constraint("db_migrations_pkey", "PRIMARY KEY (version)")
            ]
        ),
        DendriteTable(
            "federationsender_assumed_offline",
            columns: """
                server_name text NOT NULL
                """,
            keys: [
                .constraint("federationsender_assumed_offline_pkey", "PRIMARY KEY (server_name)")
            ]
        ),
        DendriteTable(
            "federationsender_blacklist",
            columns: """
                server_name text NOT NULL
                """,
            keys: [
                .constraint("federationsender_blacklist_server_name_key", "UNIQUE (server_name)")
            ]
        ),
        DendriteTable(
            "federationsender_inbound_peeks",
            columns: """
                room_id text NOT NULL, server_name text NOT NULL, peek_id text NOT NULL,
                creation_ts bigint NOT NULL, renewed_ts bigint NOT NULL, renewal_interval bigint NOT NULL
                """,
            keys: [
                .constraint(
                    "federationsender_inbound_peeks_room_id_server_name_peek_id_key",
                    "UNIQUE (room_id, server_name, peek_id)")
            ]
        ),
        DendriteTable(
            "federationsender_joined_hosts",
            columns: """
                room_id text NOT NULL, event_id text NOT NULL, server_name text NOT NULL
                """,
            keys: [
                .uniqueIndex("federatonsender_joined_hosts_event_id_idx", "(event_id)"),
                .index("federatonsender_joined_hosts_room_id_idx", "(room_id)"),
            ]
        ),
        DendriteTable(
            "federationsender_notary_server_keys_json",
            columns: """
                notary_id bigint NOT NULL DEFAULT nextval('federationsender_notary_server_keys_json_pkey'),
                response_json text NOT NULL, server_name text NOT NULL, valid_until bigint NOT NULL
                """,
            keys: [
                .constraint("federationsender_notary_server_keys_json_pkey1", "PRIMARY KEY (notary_id)")
            ]
        ),
        DendriteTable(
            "federationsender_notary_server_keys_metadata",
            columns: """
                notary_id bigint NOT NULL, server_name text NOT NULL, key_id text NOT NULL
                """,
            keys: [
                .constraint(
                    "federationsender_notary_server_keys_meta_server_name_key_id_key",
                    "UNIQUE (server_name, key_id)")
            ]
        ),
        DendriteTable(
            "federationsender_outbound_peeks",
            columns: """
                room_id text NOT NULL, server_name text NOT NULL, peek_id text NOT NULL,
                creation_ts bigint NOT NULL, renewed_ts bigint NOT NULL, renewal_interval bigint NOT NULL
                """,
            keys: [
                .constraint(
                    "federationsender_outbound_peeks_room_id_server_name_peek_id_key",
                    "UNIQUE (room_id, server_name, peek_id)")
            ]
        ),
        DendriteTable(
            "federationsender_queue_edus",
            columns: """
                edu_type text NOT NULL, server_name text NOT NULL, json_nid bigint NOT NULL,
                expires_at bigint NOT NULL DEFAULT 0
                """,
            keys: [
                .uniqueIndex("federationsender_queue_edus_json_nid_idx", "(json_nid, server_name)"),
                .index("federationsender_queue_edus_nid_idx", "(json_nid)"),
                .index("federationsender_queue_edus_server_name_idx", "(server_name)"),
            ]
        ),
        DendriteTable(
            "federationsender_queue_json",
            columns: """
                json_nid bigint NOT NULL DEFAULT nextval('federationsender_queue_json_json_nid_seq'),
                json_body text NOT NULL
                """,
            keys: [
                .uniqueIndex("federationsender_queue_json_json_nid_idx", "(json_nid)")
            ]
        ),
        DendriteTable(
            "federationsender_queue_pdus",
            columns: """
                transaction_id text NOT NULL, server_name text NOT NULL, json_nid bigint NOT NULL
                """,
            keys: [
                .index("federationsender_queue_pdus_json_nid_idx", "(json_nid)"),
                .uniqueIndex("federationsender_queue_pdus_pdus_json_nid_idx", "(json_nid, server_name)"),
                .index("federationsender_queue_pdus_server_name_idx", "(server_name)"),
            ]
        ),
        DendriteTable(
            "federationsender_relay_servers",
            columns: """
                server_name text NOT NULL, relay_server_name text NOT NULL
                """,
            keys: [
                .constraint(
                    "federationsender_relay_server_server_name_relay_server_name_key",
                    "UNIQUE (server_name, relay_server_name)"),
                .index("federationsender_relay_servers_server_name_idx", "(server_name)"),
            ]
        ),
        DendriteTable(
            "keydb_server_keys",
            columns: """
                server_name text NOT NULL, server_key_id text NOT NULL, server_name_and_key_id text NOT NULL,
                valid_until_ts bigint NOT NULL, expired_ts bigint NOT NULL, server_key text NOT NULL
                """,
            keys: [
                .constraint("keydb_server_keys_unique", "UNIQUE (server_name, server_key_id)"),
                .index("keydb_server_name_and_key_id", "(server_name_and_key_id)"),
            ]
        ),
        DendriteTable(
            "msc2836_edges",
            columns: """
                parent_event_id text NOT NULL, child_event_id text NOT NULL, rel_type text NOT NULL,
                parent_room_id text NOT NULL, parent_servers text NOT NULL
                """,
            keys: [
                .constraint("msc2836_edges_uniq", "UNIQUE (parent_event_id, child_event_id, rel_type)")
            ]
        ),
        DendriteTable(
            "msc2836_nodes",
            columns: """
                event_id text NOT NULL, origin_server_ts bigint NOT NULL, room_id text NOT NULL,
                unsigned_children_count bigint NOT NULL, unsigned_children_hash text NOT NULL,
                explored smallint NOT NULL
                """,
            keys: [
                .constraint("msc2836_nodes_pkey", "PRIMARY KEY (event_id)")
            ]
        ),
        DendriteTable(
            "relayapi_queue",
            columns: """
                transaction_id text NOT NULL, server_name text NOT NULL, json_nid bigint NOT NULL
                """,
            keys: [
                .index("relayapi_queue_json_nid_idx", "(json_nid)"),
                .uniqueIndex("relayapi_queue_queue_json_nid_idx", "(json_nid, server_name)"),
                .index("relayapi_queue_server_name_idx", "(server_name)"),
            ]
        ),
        DendriteTable(
            "relayapi_queue_json",
            columns: """
                json_nid bigint NOT NULL DEFAULT nextval('relayapi_queue_json_json_nid_seq'),
                json_body text NOT NULL
                """,
            keys: [
                .uniqueIndex("relayapi_queue_json_json_nid_idx", "(json_nid)")
            ]
        ),
    ]
}
