// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// What Synapse's directory of rooms is made of, and who is in how many rooms.
///
/// Synapse would compute it in the background, and list no public room until then; it would not look at whether guests may join
/// until a room says so anew.
extension Plan {
    var roomStatistics: [TableLoad] {
        guard keepsStatistics else { return [] }
        return [
            TableLoad("room_stats_state", into: ["room_stats_state"], statements: [Self.describedRooms]),
            TableLoad("room_stats_current", into: ["room_stats_current"], statements: [countedRooms]),
            TableLoad("user_stats_current", into: ["user_stats_current"], statements: [Self.countedUsers]),
        ]
    }

    private static let describedRooms: SQL = """
        INSERT INTO room_stats_state (room_id, name, canonical_alias, join_rules, history_visibility, encryption, avatar,
            guest_access, topic, room_type, is_federatable)
        WITH state AS (
            SELECT room_id, type, content, CASE json_typeof(content -> member) WHEN 'string' THEN content ->> member END AS value
            FROM \(describingState) AS s
        )
        SELECT room_id,
               max(value) FILTER (WHERE type = 'm.room.name'),
               max(value) FILTER (WHERE type = 'm.room.canonical_alias'),
               max(value) FILTER (WHERE type = 'm.room.join_rules'),
               max(value) FILTER (WHERE type = 'm.room.history_visibility'),
               max(value) FILTER (WHERE type = 'm.room.encryption'),
               max(value) FILTER (WHERE type = 'm.room.avatar'),
               max(value) FILTER (WHERE type = 'm.room.guest_access'),
               max(coalesce(\(plainTopic), value)) FILTER (WHERE type = 'm.room.topic' AND value IS NOT NULL),
               max(value) FILTER (WHERE type = 'm.room.create'),
               coalesce(bool_and((content -> 'm.federate')::text = 'true') FILTER (WHERE type = 'm.room.create'), true)
        FROM (SELECT DISTINCT room_id FROM current_state_events) AS rooms LEFT JOIN state USING (room_id)
        GROUP BY room_id
        """

    /// The state events that describe their rooms: a relation for FROM, with room_id, type, content, and the member of the
    /// content that counts.
    ///
    /// PostgreSQL reads no JSON with U+0000, and of a redacted event Synapse reads what a redaction leaves. OFFSET has it look
    /// the few events up: it may expect many, and would read the JSON of all.
    private static let describingState: SQL = """
        (SELECT c.room_id, c.type, member, j.json::json -> 'content' AS content
         FROM (VALUES ('m.room.name', 'name'), ('m.room.canonical_alias', 'alias'), ('m.room.join_rules', 'join_rule'),
                   ('m.room.history_visibility', 'history_visibility'), ('m.room.encryption', 'algorithm'),
                   ('m.room.avatar', 'url'), ('m.room.guest_access', 'guest_access'), ('m.room.topic', 'topic'),
                   ('m.room.create', 'type')) AS described (type, member)
              JOIN current_state_events c ON c.type = described.type
              CROSS JOIN LATERAL (SELECT rejection_reason FROM events e WHERE e.event_id = c.event_id OFFSET 0) AS e
              CROSS JOIN LATERAL (SELECT json FROM event_json j WHERE j.event_id = c.event_id OFFSET 0) AS j
         WHERE c.state_key = '' AND e.rejection_reason IS NULL AND j.json !~ '\\\\u0000'
               AND (c.type IN ('m.room.join_rules', 'm.room.history_visibility', 'm.room.create')
                    OR NOT EXISTS (SELECT 1 FROM redactions r WHERE r.redacts = c.event_id AND \(isApplied))))
        """

    /// The first plain text among a topic's representations (`m.topic`, MSC3765).
    private static let plainTopic: SQL = """
        (SELECT t ->> 'body'
         FROM json_array_elements(
                  CASE json_typeof(content #> '{m.topic,m.text}') WHEN 'array' THEN content #> '{m.topic,m.text}' END)
              WITH ORDINALITY AS representations (t, position)
         WHERE json_typeof(t -> 'body') = 'string' AND coalesce(t ->> 'mimetype', '') IN ('', 'text/plain')
         ORDER BY position LIMIT 1)
        """

    private var countedRooms: SQL {
        """
        INSERT INTO room_stats_current (room_id, current_state_events, joined_members, invited_members, left_members,
            banned_members, knocked_members, local_users_in_room, completed_delta_stream_id)
        SELECT room_id, count(*), count(*) FILTER (WHERE membership = 'join'), count(*) FILTER (WHERE membership = 'invite'),
               count(*) FILTER (WHERE membership = 'leave'), count(*) FILTER (WHERE membership = 'ban'),
               count(*) FILTER (WHERE membership = 'knock'),
               count(*) FILTER (WHERE membership = 'join' AND substr(state_key, strpos(state_key, ':') + 1) = \(serverName)),
               \(Self.newestStreamOrdering)
        FROM current_state_events GROUP BY room_id
        """
    }

    private static let countedUsers: SQL = """
        INSERT INTO user_stats_current (user_id, joined_rooms, completed_delta_stream_id)
        SELECT u.name, count(c.event_id), \(newestStreamOrdering)
        FROM users u LEFT JOIN current_state_events c
             ON c.type = 'm.room.member' AND c.state_key = u.name AND c.membership = 'join'
        GROUP BY u.name
        """
}
