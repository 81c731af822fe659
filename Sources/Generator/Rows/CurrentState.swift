// SPDX-License-Identifier: Apache-2.0
import Postgres

/// What clients see as rooms' current state: made in the database, since it needs texts that were sent long before.
enum CurrentState {
    static let working = DendriteTable(
        "generator_current_state",
        columns: """
            event_nid bigint, room_id text, type text, state_key text, sender text, membership text, added_at bigint,
            room_version text, event_id text
            """)

    /// The table that clients' current state is read from.
    static let target = "syncapi_current_room_state"

    /// The texts' table, whose key the completion needs, and the one that it fills.
    static let tables = ["roomserver_event_json", target]

    /// Fills ``target``, removes the working table, and completes both ``tables``.
    static var completion: [SQL] {
        let completions = tables.map { DendriteSchema.table($0) }.map { $0.keyCreations + [$0.analysis] }
        return completions[0] + [filling] + completions[1]
    }

    /// Nothing is known of tables that were just filled, so PostgreSQL would read all texts to find these few.
    private static let filling: SQL = """
        BEGIN;
        SET LOCAL enable_mergejoin = off;
        SET LOCAL enable_hashjoin = off;
        SET LOCAL enable_seqscan = off;
        INSERT INTO syncapi_current_room_state
            (room_id, event_id, type, sender, contains_url, state_key, headered_event_json, membership, added_at,
             history_visibility)
        SELECT room_id, event_id, type, sender, false, state_key,
               left(event_json, -1) || ',"_room_version":"' || room_version || '","_event_id":"' || event_id || '"}',
               membership, added_at, 2
        FROM (SELECT * FROM generator_current_state ORDER BY event_nid) AS current
             JOIN roomserver_event_json USING (event_nid);
        DROP TABLE generator_current_state;
        COMMIT
        """
}
