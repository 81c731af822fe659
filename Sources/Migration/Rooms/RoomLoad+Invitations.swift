// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

extension RoomLoad {
    /// Reads the stripped state of invitations into rooms of ours: it stands in the invitations' own table alone.
    ///
    /// Who is invited again before an answer has a row for the first invitation only, which serves the one that is open.
    mutating func readInvitations(_ source: inout Connection) throws {
        var again: [String: [UInt8]] = [:]
        try source.copyOut(
            """
            SELECT i.invite_event_id, i.invite_event_json, o.event_id
            FROM roomserver_invites i
                 LEFT JOIN roomserver_membership m
                     ON m.room_nid = i.room_nid AND m.target_nid = i.target_nid AND m.membership_nid = \(MembershipNID.invite) AND NOT i.retired
                 LEFT JOIN roomserver_events o ON o.event_nid = m.event_nid
            WHERE i.room_nid = ANY (\(partition.rooms))
                  AND EXISTS (SELECT 1 FROM roomserver_events e WHERE e.event_id = i.invite_event_id)
            ORDER BY i.invite_event_id COLLATE "C"
            """
        ) { reader in
            var event = EventReader()
            while let row = try reader.next() {
                var fields = row.fields
                guard let id = fields.string(), let json = fields.bytesOrNull(),
                    (try? event.read(json, keepsEventID: true)) != nil, let unsigned = event.unsigned,
                    let state = JSONScanner.member("invite_room_state", of: json, in: unsigned),
                    JSONScanner.isArray(json, state)
                else { continue }
                strippedState[id] = Array(json, state)
                if let open = fields.string() { again[open] = strippedState[id] }
            }
        }
        strippedState.merge(again) { own, _ in own }
        try readOpenInvitations(&source)
    }

    /// Reads which events of rooms are open invitations, and takes them for accepted.
    private func readOpenInvitations(_ source: inout Connection) throws {
        for row in try source.rows(
            """
            SELECT i.room_nid, i.event_nid, k.event_state_key, i.is_rejected
            FROM \(Invitations.openAndHeld) i JOIN roomserver_event_state_keys k ON k.event_state_key_nid = i.target_nid
            WHERE i.room_nid = ANY (\(partition.rooms))
            """)
        {
            guard let nid = row[0].flatMap({ Int64($0) }), let event = row[1].flatMap({ Int64($0) }),
                let room = rooms[nid]
            else { continue }
            room.openInvitations[event] = row[2]
            if row[3] == "t", let index = room.stateEvents.firstIndex(where: { $0.nid == event }) {
                room.accept(at: index)
            }
        }
    }

    /// Keeps one open invitation of each user, once the rooms' states are known: none where the room's state holds one, which is
    /// written with the state, else the newest.
    func settleInvitations() {
        for room in rooms.values where !room.openInvitations.isEmpty {
            for event in room.stateEvents
            where event.membership == "invite" && room.currentState.contains(event.nid) {
                let user = room.keys[event.key].stateKey
                room.openInvitations = room.openInvitations.filter { $0.value != user }
            }
            for (event, user) in room.openInvitations.sorted(by: { $0.key > $1.key })
            where !room.invited.insert(user).inserted {
                room.openInvitations[event] = nil
            }
        }
    }

    /// Writes open invitations from afar: events of rooms that we hold nothing of, or were in once.
    mutating func writeInvitations(
        _ timeline: EventTimeline, _ source: inout Connection, _ sink: inout RowSink
    ) throws {
        // The rank is over all of them, so that it does not depend on the partition.
        let query: SQL = """
            SELECT * FROM (
                SELECT i.room_nid, i.invite_event_id, i.invite_event_json, s.id AS sync_id,
                       row_number() OVER (PARTITION BY s.id IS NULL ORDER BY i.invite_event_id COLLATE "C") AS rank
                FROM \(Invitations.openFromAfar) i LEFT JOIN LATERAL (
                    SELECT max(s.id) AS id FROM syncapi_invite_events s
                    WHERE s.event_id = i.invite_event_id AND NOT s.deleted) s ON true) i
            WHERE i.room_nid = ANY (\(partition.rooms)) ORDER BY i.sync_id DESC NULLS LAST, i.invite_event_id
            """
        var writer = EventWriter(timeline, now: plan.now)
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                do throws(RejectedRow) {
                    try invite(row, &writer, timeline, &sink)
                } catch {
                    try sink.reject(error)
                }
                try sink.endRow()
            }
        }
    }

    private mutating func invite(
        _ row: borrowing SourceRow, _ writer: inout EventWriter, _ timeline: EventTimeline, _ sink: inout RowSink
    ) throws(RejectedRow) {
        var fields = row.fields
        guard let nid = fields.int64(), let id = fields.bytesOrNull(), let json = fields.bytesOrNull() else { return }
        let syncID = fields.int64()
        let rank = fields.int64() ?? 0
        guard let room = rooms[nid] else { return }
        let position = syncID ?? plan.streamOrdering.unnumberedInvitation(rank)
        var facts = EventFacts(version: room.version, streamOrdering: position, depth: 0)
        facts.receivedTimestamp = timeline.received.at(position)
        facts.isOutlier = true
        facts.isOutOfBand = true
        if let depth = JSONScanner.member("depth", of: json, in: 0..<json.count) {
            facts.depth = JSONScanner.integer(json, depth) ?? 0
        }
        let roomID = Array(room.roomID.utf8)
        try writer.read(json, id, room.version)
        let content = try writer.write(facts, eventID: id, roomID: roomID.span, json: json, to: &sink)
        guard let stateKey = writer.reader.stateKey, let user = JSONScanner.text(json, stateKey),
            let type = JSONScanner.text(json, writer.reader.type)
        else { throw RejectedRow(key: EventWriter.string(id), column: "state_key", reason: "an invitation of nobody") }
        let membership = EventWriter.membership(content, json)
        room.unconfirmedMemberships.removeValue(forKey: user)
        room.hasEvents = true
        // The newest comes first.
        if room.invited.insert(user).inserted {
            sink.append(to: RoomTables.localMembership) { row in
                row.write(roomID)
                row.write(user)
                row.write(id)
                row.write(membership ?? "invite")
                row.write(position)
            }
        }
        room.stateEvents.append(
            StateEvent(
                nid: 0, eventID: EventWriter.string(id), depth: facts.depth,
                key: room.keys.number(type: type, stateKey: user), isFiledCorrectly: true, isRejected: false,
                membership: membership, authEvents: writer.authEvents(json, in: room)))
    }
}
