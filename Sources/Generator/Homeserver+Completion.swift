// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Homeserver {
    /// Builds keys and indexes, the heaviest tables first, gathers statistics, and puts sequences after what was loaded.
    static func finish(_ settings: GeneratorSettings, _ conninfo: String) async throws {
        let tables = DendriteSchema.tables.sorted { weight($0) > weight($1) }
            .filter { !CurrentState.tables.contains($0.name) }
        // While a constraint is added nobody else can work on its table: those of one table stand apart.
        let most = tables.map(\.constraintCreations.count).max() ?? 0
        let constraints = (0..<most).flatMap { turn in
            tables.flatMap { $0.constraintCreations.dropFirst(turn).prefix(1) }
        }
        let indexes = tables.flatMap(\.indexCreations)
        // Whoever is done with keys goes on with statistics, of those tables first whose keys were the first.
        let statistics = tables.map(\.analysis)
        try await run(
            [CurrentState.completion] + (constraints + indexes + statistics).map { [$0] }, settings, conninfo)
        var connection = try connect(conninfo)
        for (sequence, source) in sequences {
            try connection.execute(
                "SELECT setval(\(sequence), greatest((\(raw: source)), 1), (\(raw: source)) IS NOT NULL)")
        }
    }

    /// Runs statements on all workers; those of one list one after the other.
    private static func run(_ statements: [[SQL]], _ settings: GeneratorSettings, _ conninfo: String) async throws {
        let waiting = StatementQueue(statements)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<settings.workers {
                group.addTask {
                    try await onThread {
                        var connection = try connect(conninfo)
                        // Sorting in pieces that the processor's caches hold takes half the time.
                        try connection.execute("SET maintenance_work_mem = '8MB'; SET default_statistics_target = 30")
                        while let list = waiting.next() {
                            for statement in list { try connection.execute(statement) }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func weight(_ table: DendriteTable) -> Int {
        let heavy = [
            "roomserver_previous_events", "syncapi_output_room_events_topology", "syncapi_output_room_events",
            "roomserver_events",
        ]
        return heavy.firstIndex(of: table.name).map { $0 + 1 } ?? 0
    }

    /// Sequences and the highest number that each has given out.
    private static let sequences: [(String, String)] = [
        ("roomserver_event_type_nid_seq", "SELECT max(event_type_nid) FROM roomserver_event_types"),
        ("roomserver_event_state_key_nid_seq", "SELECT max(event_state_key_nid) FROM roomserver_event_state_keys"),
        ("roomserver_event_nid_seq", "SELECT max(event_nid) FROM roomserver_events"),
        ("roomserver_room_nid_seq", "SELECT max(room_nid) FROM roomserver_rooms"),
        ("roomserver_state_block_nid_seq", "SELECT max(state_block_nid) FROM roomserver_state_block"),
        ("roomserver_state_snapshot_nid_seq", "SELECT max(state_snapshot_nid) FROM roomserver_state_snapshots"),
        (
            "syncapi_stream_id",
            """
            SELECT max(id) FROM (
                SELECT max(id) AS id FROM syncapi_output_room_events
                UNION ALL SELECT max(id) FROM syncapi_invite_events
                UNION ALL SELECT max(id) FROM syncapi_account_data_type) AS ids
            """
        ),
        ("syncapi_receipt_id", "SELECT max(id) FROM syncapi_receipts"),
        ("syncapi_send_to_device_id", "SELECT max(id) FROM syncapi_send_to_device"),
        ("syncapi_presence_id", "SELECT max(id) FROM syncapi_presence"),
        ("syncapi_relation_id", "SELECT max(id) FROM syncapi_relations"),
        ("syncapi_filter_id_seq", "SELECT max(id) FROM syncapi_filter"),
        ("syncapi_notification_data_id_seq", "SELECT max(id) FROM syncapi_notification_data"),
        ("userapi_device_session_id_seq", "SELECT max(session_id) FROM userapi_devices"),
        ("userapi_key_backup_versions_seq", "SELECT max(version) FROM userapi_key_backup_versions"),
        ("userapi_notifications_id_seq", "SELECT max(id) FROM userapi_notifications"),
        ("userapi_pushers_id_seq", "SELECT max(id) FROM userapi_pushers"),
        (
            "federationsender_notary_server_keys_json_pkey",
            "SELECT max(notary_id) FROM federationsender_notary_server_keys_json"
        ),
        ("keyserver_key_changes_seq", "SELECT max(change_id) FROM keyserver_key_changes"),
    ]
}
