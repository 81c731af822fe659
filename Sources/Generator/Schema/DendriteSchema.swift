// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// The tables of a monolithic Dendrite 0.15.2 in one database, as a new server has them.
public enum DendriteSchema {
    /// Makes all tables, keys and sequences in an empty database, with the rows that a new server starts from.
    ///
    /// - Throws: ``PostgresError`` if the database has such tables already or cannot be reached.
    public static func apply(to conninfo: String) throws(PostgresError) {
        var connection = try Connection(conninfo, side: "Dendrite's database")
        try createTables(on: &connection)
        for key in tables.flatMap(\.keyCreations) { try connection.execute(key) }
    }

    static let tables = [roomserverTables, syncTables, usersTables, keysTables, federationTables].flatMap(\.self)

    static func table(_ name: String) -> DendriteTable {
        tables.first { $0.name == name } ?? DendriteTable(name, columns: "")
    }

    /// Tables without keys: what is loaded first and indexed later is loaded several times faster.
    static func createTables(on connection: inout Connection) throws(PostgresError) {
        for (name, first) in sequences {
            try connection.execute("CREATE SEQUENCE \(identifier: name) START \(first)")
        }
        // A key that is declared on the column in Dendrite is of the column's own type.
        try connection.execute("CREATE SEQUENCE syncapi_filter_id_seq AS integer")
        for table in tables { try connection.execute(table.creation) }
        for (number, type) in wellKnownEventTypes.enumerated() {
            try connection.execute(
                "INSERT INTO roomserver_event_types (event_type_nid, event_type) VALUES (\(number + 1), \(type))")
        }
        try connection.execute(
            "INSERT INTO roomserver_event_state_keys (event_state_key_nid, event_state_key) VALUES (1, '')")
        for migration in migrations {
            try connection.execute(
                """
                INSERT INTO db_migrations (version, time, dendrite_version)
                VALUES (\(migration), '2025-05-05T05:05:05Z', '0.15.2')
                """)
        }
    }

    /// The event types whose numbers Dendrite knows by heart, from 1 on.
    static let wellKnownEventTypes = [
        "m.room.create", "m.room.power_levels", "m.room.join_rules", "m.room.third_party_invite", "m.room.member",
        "m.room.redaction", "m.room.history_visibility",
    ]

    /// The first number that Dendrite gives to any other event type or state key.
    static let firstOtherNumber: Int64 = 65536

    private static let sequences: [(String, Int64)] = [
        ("roomserver_event_type_nid_seq", firstOtherNumber), ("roomserver_event_state_key_nid_seq", firstOtherNumber),
        ("roomserver_event_nid_seq", 1), ("roomserver_room_nid_seq", 1), ("roomserver_state_block_nid_seq", 1),
        ("roomserver_state_snapshot_nid_seq", 1), ("roomserver_reported_events_id_seq", 1),
        ("syncapi_stream_id", 1), ("syncapi_receipt_id", 1), ("syncapi_send_to_device_id", 1),
        ("syncapi_presence_id", 1), ("syncapi_relation_id", 1), ("syncapi_notification_data_id_seq", 1),
        ("userapi_device_session_id_seq", 1), ("userapi_key_backup_versions_seq", 1),
        ("userapi_notifications_id_seq", 1), ("userapi_pushers_id_seq", 1), ("keyserver_key_changes_seq", 1),
        ("federationsender_queue_json_json_nid_seq", 1), ("relayapi_queue_json_json_nid_seq", 1),
        ("federationsender_notary_server_keys_json_pkey", 1),
    ]

    /// What `db_migrations` lists: new servers list every migration too.
    private static let migrations = [
        "roomserver: drop column reference_sha from roomserver_events",
        "roomserver: drop column reference_sha from roomserver_prev_events",
        "roomserver: add forgotten column", "roomserver: published appservice",
        "roomserver: published appservice pkey", "roomserver: state blocks refactor",
        "federationapi: add expiresat column", "federationsender: drop federationsender_rooms",
        "userapi: rename tables", "userapi: server names", "userapi: add is active", "userapi: add account type",
        "userapi: add last_seen_ts", "userapi: server names populate", "keyserver: refactor key changes",
        "keyserver: cross signing signature indexes", "syncapi: rename dupe index (output_room_events)",
        "syncapi: add history visibility column (output_room_events)",
        "syncapi: add history visibility column (current_room_state)", "syncapi: drop sent_by_token",
        "syncapi: fix sequences", "syncapi: set history visibility for existing events",
    ]
}
