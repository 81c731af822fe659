// SPDX-License-Identifier: Apache-2.0
import Postgres

/// What clients see as rooms' current state: made in the database, since it needs texts that were sent long before.
enum CurrentState {
    static let table = "generator_current_state"

    /// The table that clients' current state is read from.
    static let target = "syncapi_current_room_state"

    static let creation: SQL = """
        CREATE UNLOGGED TABLE generator_current_state (
            event_nid bigint, room_id text, type text, state_key text, sender text, membership text, added_at bigint,
            room_version text, event_id text)
        """

    /// Fills ``target`` and removes the working table.
    ///
    /// Nothing is known of tables that were just filled, so PostgreSQL would sort all texts to find these few.
    static let completion: SQL = """
        SET LOCAL enable_mergejoin = off;
        SET LOCAL work_mem = '64MB';
        INSERT INTO syncapi_current_room_state
            (room_id, event_id, type, sender, contains_url, state_key, headered_event_json, membership, added_at,
             history_visibility)
        SELECT room_id, event_id, type, sender, false, state_key,
               left(event_json, -1) || ',"_room_version":"' || room_version || '","_event_id":"' || event_id || '"}',
               membership, added_at, 2
        FROM generator_current_state JOIN roomserver_event_json USING (event_nid)
        ORDER BY event_nid;
        DROP TABLE generator_current_state
        """
}
