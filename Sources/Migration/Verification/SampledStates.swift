// SPDX-License-Identifier: Apache-2.0
import Postgres

/// The state after events by the rules of both: Dendrite's snapshots of blocks, and Synapse's chains of groups.
struct SampledStates {
    /// Entries of states that are read before it is enough: rooms may have a hundred thousand members.
    private static let budget = 4_000_000

    private typealias Key = RoomKeys.Key

    /// Ids of events that were not loaded.
    let rejected: Set<String>

    /// Compares the state after each event that has one.
    ///
    /// Events of a room, and of a snapshot, must follow each other.
    func check(
        _ events: [SampledEvent], _ source: inout Connection, _ target: inout Connection
    ) throws(PostgresError) -> VerificationReport.Check {
        var check = VerificationReport.Check("The state after sampled events is the same by both servers' rules")
        var room: (id: String, keys: [String: Key])?
        var before: (snapshot: Int64, state: [Key: String])?
        var read = 0
        for event in events where !event.isOutlier && read < Self.budget {
            guard let stored = event.stored else { continue }
            if room?.id != event.roomID {
                room = (event.roomID, try keys(of: event.roomID, &target))
                before = nil
            }
            let keys = room?.keys ?? [:]
            if before?.snapshot != event.snapshot {
                before = (event.snapshot, try state(event.snapshot, keys, &source))
            }
            var expected = before?.state ?? [:]
            if stored.isState, !stored.isRejected, let key = keys[event.id] { expected[key] = event.id }
            let found = try stored.group.map { group throws(PostgresError) in try state(of: group, &target) }
            read += expected.count + (found?.count ?? 0)
            check.examined += 1
            // An entry of a state event that could not be loaded has no key that could be compared.
            if found?.filter({ !rejected.contains($0.value) }) != expected { check.note(wrong: event.id) }
        }
        return check
    }

    /// The keys of a room's state events, as the events themselves say them.
    private func keys(of room: String, _ target: inout Connection) throws(PostgresError) -> [String: Key] {
        var keys: [String: Key] = [:]
        for row in try target.rows("SELECT event_id, type, state_key FROM state_events WHERE room_id = \(room)") {
            if let id = row[0], let type = row[1], let stateKey = row[2] {
                keys[id] = Key(type: type, stateKey: stateKey)
            }
        }
        return keys
    }

    /// The state that a snapshot means: of two entries for a key the later block's, unless only the other was filed
    /// under the key that its event says.
    private func state(
        _ snapshot: Int64, _ keys: [String: Key], _ source: inout Connection
    ) throws(PostgresError) -> [Key: String] {
        var state: [Key: (id: String, isFiledCorrectly: Bool)] = [:]
        for row in try source.rows(
            """
            SELECT e.event_id, t.event_type, k.event_state_key
            FROM (SELECT DISTINCT block FROM roomserver_state_snapshots s CROSS JOIN LATERAL unnest(s.state_block_nids) AS u (block)
                  WHERE s.state_snapshot_nid = \(snapshot)) l
                 JOIN roomserver_state_block b ON b.state_block_nid = l.block
                 CROSS JOIN LATERAL unnest(b.event_nids) WITH ORDINALITY AS n (nid, place)
                 JOIN roomserver_events e ON e.event_nid = n.nid
                 LEFT JOIN roomserver_event_types t USING (event_type_nid)
                 LEFT JOIN roomserver_event_state_keys k USING (event_state_key_nid)
            ORDER BY l.block, n.place
            """)
        {
            guard let id = row[0], let key = keys[id] else { continue }
            let isFiledCorrectly = row[1] == key.type && row[2] == key.stateKey
            if let other = state[key], other.id != id, !isFiledCorrectly, other.isFiledCorrectly { continue }
            state[key] = (id, isFiledCorrectly)
        }
        return state.mapValues(\.id)
    }

    /// The state of a group: of all groups on the way to the first, the highest that has an entry for a key decides.
    private func state(of group: Int64, _ target: inout Connection) throws(PostgresError) -> [Key: String] {
        var state: [Key: String] = [:]
        for row in try target.rows(
            """
            WITH RECURSIVE chain (id) AS (
                SELECT \(group)::bigint UNION SELECT g.prev_state_group FROM state_group_edges g JOIN chain ON g.state_group = id)
            SELECT DISTINCT ON (s.type, s.state_key) s.type, s.state_key, s.event_id
            FROM state_groups_state s WHERE s.state_group = ANY (ARRAY(SELECT id FROM chain))
            ORDER BY s.type, s.state_key, s.state_group DESC
            """)
        {
            if let type = row[0], let stateKey = row[1] { state[Key(type: type, stateKey: stateKey)] = row[2] ?? "" }
        }
        return state
    }
}
