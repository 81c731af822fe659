// SPDX-License-Identifier: Apache-2.0
import Postgres

/// A rule that Synapse's tables keep at any time.
struct Invariant: Sendable {
    /// The rule, as a sentence without its full stop.
    let rule: String
    /// The table whose rows it is a rule for.
    let table: String
    /// Gives the names of rows that break it, one column of text.
    let violations: SQL

    init(_ rule: String, of table: String, brokenBy violations: SQL) {
        self.rule = rule
        self.table = table
        self.violations = violations
    }

    static let all = [
        Invariant(
            "Every event has its JSON", of: "events",
            brokenBy: """
                SELECT e.event_id FROM events e WHERE NOT EXISTS (SELECT 1 FROM event_json j WHERE j.event_id = e.event_id)
                """),
        Invariant(
            "Every event has its room", of: "events",
            brokenBy:
                "SELECT e.event_id FROM events e WHERE NOT EXISTS (SELECT 1 FROM rooms r WHERE r.room_id = e.room_id)"),
        Invariant(
            "Every event has a time at which it came in", of: "events",
            brokenBy: "SELECT event_id FROM events WHERE received_ts IS NULL"),
        Invariant(
            "State events are known as such, and only they", of: "events",
            brokenBy: """
                SELECT coalesce(e.event_id, s.event_id) FROM (SELECT event_id FROM events WHERE state_key IS NOT NULL) e
                       FULL JOIN state_events s ON s.event_id = e.event_id WHERE s.event_id IS NULL OR e.event_id IS NULL
                """),
        Invariant(
            "Every event whose place is known has a state group", of: "events",
            brokenBy: """
                SELECT e.event_id FROM events e WHERE NOT e.outlier AND NOT EXISTS (
                    SELECT 1 FROM event_to_state_groups g WHERE g.event_id = e.event_id)
                """),
        Invariant(
            "State groups of events exist", of: "event_to_state_groups",
            brokenBy: """
                SELECT g.event_id FROM event_to_state_groups g
                WHERE NOT EXISTS (SELECT 1 FROM state_groups s WHERE s.id = g.state_group)
                """),
        // Numbers that fall along a chain must come to an end, so this rules out circles too.
        Invariant(
            "State groups build on lower ones that exist, so each chain ends", of: "state_group_edges",
            brokenBy: """
                SELECT g.state_group::text FROM state_group_edges g WHERE g.prev_state_group >= g.state_group
                       OR NOT EXISTS (SELECT 1 FROM state_groups s WHERE s.id = g.prev_state_group)
                       OR NOT EXISTS (SELECT 1 FROM state_groups s WHERE s.id = g.state_group)
                """),
        Invariant(
            "Current state names events with the same keys", of: "current_state_events",
            brokenBy: """
                SELECT c.event_id FROM current_state_events c LEFT JOIN events e ON e.event_id = c.event_id AND e.room_id = c.room_id
                       LEFT JOIN state_events s ON s.event_id = c.event_id AND s.type = c.type AND s.state_key = c.state_key
                WHERE e.event_id IS NULL OR s.event_id IS NULL OR c.event_stream_ordering <> e.stream_ordering
                """),
        Invariant(
            "Current memberships are those of their events", of: "current_state_events",
            brokenBy: """
                SELECT c.event_id FROM current_state_events c LEFT JOIN room_memberships m ON m.event_id = c.event_id
                WHERE c.type = 'm.room.member' AND c.membership IS DISTINCT FROM m.membership
                """),
        Invariant(
            "Our users' memberships are those of their events", of: "local_current_membership",
            brokenBy: """
                SELECT l.event_id FROM local_current_membership l
                       LEFT JOIN room_memberships m ON m.event_id = l.event_id AND m.user_id = l.user_id AND m.room_id = l.room_id
                       LEFT JOIN events e ON e.event_id = l.event_id
                WHERE m.event_id IS NULL OR e.event_id IS NULL OR m.membership <> l.membership
                      OR l.event_stream_ordering <> e.stream_ordering
                """),
        Invariant(
            "Rooms with our users in them have a newest event", of: "local_current_membership",
            brokenBy: """
                SELECT DISTINCT l.room_id FROM local_current_membership l WHERE l.membership = 'join' AND NOT EXISTS (
                    SELECT 1 FROM event_forward_extremities x WHERE x.room_id = l.room_id)
                """),
        Invariant(
            "Rooms with our users in them have a beginning", of: "local_current_membership",
            brokenBy: """
                SELECT DISTINCT l.room_id FROM local_current_membership l WHERE l.membership = 'join' AND NOT EXISTS (
                    SELECT 1 FROM current_state_events c WHERE c.room_id = l.room_id AND c.type = 'm.room.create' AND c.state_key = '')
                """),
        Invariant(
            "Newest events have a place and were not rejected", of: "event_forward_extremities",
            brokenBy: """
                SELECT x.event_id FROM event_forward_extremities x LEFT JOIN events e ON e.event_id = x.event_id
                WHERE e.event_id IS NULL OR e.outlier OR e.rejection_reason IS NOT NULL
                """),
        Invariant(
            "Parents and authorities are named by events that exist", of: "event_edges",
            brokenBy: """
                SELECT g.event_id FROM event_edges g WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.event_id = g.event_id)
                UNION SELECT a.event_id FROM event_auth a WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.event_id = a.event_id)
                """),
        Invariant(
            "Access tokens are of accounts and devices that exist", of: "access_tokens",
            brokenBy: """
                SELECT 'access token ' || t.id FROM access_tokens t WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.name = t.user_id)
                       OR t.device_id IS NOT NULL AND NOT EXISTS (
                           SELECT 1 FROM devices d WHERE d.user_id = t.user_id AND d.device_id = t.device_id)
                """),
        Invariant(
            "Streams have been followed no further than they reach", of: "federation_stream_position",
            brokenBy: """
                SELECT 'federation_stream_position' FROM federation_stream_position
                       WHERE type = 'events' AND stream_id > (SELECT last_value FROM events_stream_seq)
                UNION ALL SELECT 'appservice_stream_position' FROM appservice_stream_position
                       WHERE stream_ordering > (SELECT last_value FROM events_stream_seq)
                UNION ALL SELECT 'stats_incremental_position' FROM stats_incremental_position
                       WHERE stream_id > (SELECT last_value FROM events_stream_seq)
                UNION ALL SELECT 'stream_positions: events' FROM stream_positions
                       WHERE stream_name = 'events' AND stream_id > (SELECT last_value FROM events_stream_seq)
                """),
        Invariant(
            "Every index is whole, and every constraint, index and trigger that was set aside is back", of: "pg_index",
            brokenBy: """
                SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid
                UNION ALL SELECT name FROM matrix_loader.set_aside WHERE is_away
                """),
    ]
}
