// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

/// Loads the rooms of one partition: their state, and all events that have to do with it.
///
/// Three passes over the partition's rooms, each in one query: the state events' JSON, for their true keys; the narrow
/// columns of all events, in the order of the graph, for state groups; the state events' JSON again, for their rows,
/// as an event names what it replaced. Messages are read by another load, in the order in which reading is cheapest.
struct RoomLoad {
    /// What is counted where `roomserver_membership` and the rooms' state differ.
    static let unconfirmed = "memberships of our users that their rooms' state does not say"

    let plan: Plan
    let partition: RoomPartition
    var rooms: [Int64: Room] = [:]
    /// `event_nids` by `state_block_nid`; until the rooms have been walked.
    var eventsOfBlock: [Int64: PackedNumbers] = [:]
    /// Snapshots that are empty whatever the room: without blocks, or not there.
    var emptySnapshots: Set<Int64>
    var stateGroups: IdentifierRange.Cursor
    var authChains: IdentifierRange.Cursor
    /// The parents of state events.
    var parents = WalkedParents()
    /// `event_id`s of invitations into rooms of ours, and their `invite_room_state`.
    var strippedState: [String: [UInt8]] = [:]
    /// (room_nid, user) of those who have forgotten the room.
    var forgotten: Set<RoomMember> = []
    /// Redactions by what they redact; one row for each is what Synapse expects.
    var redactions: [RedactedEvent: Redaction] = [:]

    struct RoomMember: Hashable {
        let room: Int64
        let user: String
    }

    init(plan: Plan, partition: RoomPartition) {
        self.plan = plan
        self.partition = partition
        emptySnapshots = Set(plan.streamOrdering.danglingSnapshots + [0])
        stateGroups = partition.stateGroups.cursor()
        authChains = partition.authChains.cursor()
    }

    /// Does all of it.
    ///
    /// - Throws: ``PostgresError``, or ``RejectedRow`` where the operator wants to stop at the first.
    mutating func run(_ source: inout Connection, _ sink: inout RowSink) throws {
        try readRooms(&source)
        try readStateEvents(&source, &sink)
        try readSnapshots(&source)
        acceptState(&sink)
        try readCurrentState(&source)
        try readInvitations(&source)
        leaveOutUnjudged(&sink)
        try readMemberships(&source)
        try readStatelessRedactions(&source)
        try walkEvents(&source, &sink)
        eventsOfBlock = [:]
        settleInvitations()
        let timeline = try plan.eventTimeline.value()
        try writeInvitations(timeline, &source, &sink)
        for nid in rooms.keys.sorted() { try writeRoom(nid, &sink) }
        try writeStateEvents(timeline, &source, &sink)
        try writeRedactions(&source, &sink)
        let unconfirmed = rooms.values.reduce(0) { $0 + $1.unconfirmedMemberships.count }
        if unconfirmed > 0 { sink.leaveOut(Self.unconfirmed, unconfirmed) }
    }

    // MARK: - Reading

    /// One number that puts the events of `roomserver_events e` in the order of room_nid and depth.
    ///
    /// PostgreSQL sorts in half the time where the first key is rarely the same. The other sort keys are still needed: the number is
    /// equal for events of one depth, for depths beyond 32 bits, and where a room_nid does not fit.
    var place: SQL {
        guard partition.rooms.allSatisfy({ $0 >= 0 && $0 < 1 << 31 }) else { return "(e.room_nid - e.room_nid)" }
        return "(e.room_nid << 32 | least(greatest(e.depth, 0), 4294967295))"
    }

    private mutating func readRooms(_ source: inout Connection) throws {
        let query: SQL = """
            SELECT r.room_nid, r.room_id, \(Plan.roomVersion), r.latest_event_nids, r.state_snapshot_nid,
                   EXISTS (SELECT 1 FROM roomserver_published p WHERE p.room_id = r.room_id AND p.published AND p.network_id = '')
            FROM roomserver_rooms r WHERE r.room_nid = ANY (\(partition.rooms))
            """
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let nid = fields.int64(), let roomID = fields.string(), let version = fields.string() else {
                    continue
                }
                let latest = fields.int64Array() ?? []
                let snapshot = fields.int64() ?? 0
                rooms[nid] = Room(
                    nid: nid, roomID: roomID, version: RoomVersion(version), latest: Set(latest), snapshot: snapshot,
                    isPublished: fields.bool() ?? false)
            }
        }
    }

    /// Reads the type, key, membership and auth events of all state events from their JSON.
    ///
    /// Narrow rows are sorted, and their JSON is looked up in that order.
    private mutating func readStateEvents(_ source: inout Connection, _ sink: inout RowSink) throws {
        var event = EventReader()
        let query: SQL = """
            SELECT e.room_nid, e.event_nid, e.event_id, e.depth, e.is_rejected, e.lacks_state, e.event_type, e.event_state_key,
                   j.event_json
            FROM (SELECT e.room_nid, e.event_nid, e.event_id, e.depth, e.is_rejected,
                         e.is_rejected AND e.state_snapshot_nid = 0 AND \(plan.isOutlier("e")) AS lacks_state, t.event_type, k.event_state_key,
                         \(place) AS place
                  FROM roomserver_events e LEFT JOIN roomserver_event_types t USING (event_type_nid)
                       LEFT JOIN roomserver_event_state_keys k USING (event_state_key_nid)
                  WHERE e.room_nid = ANY (\(partition.rooms)) AND \(plan.isStateEvent())
                  ORDER BY place, e.room_nid, e.depth, e.event_nid OFFSET 0) e \(Plan.lookUpOfBody)
            ORDER BY e.place, e.room_nid, e.depth, e.event_nid
            """
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let room = fields.int64(), let nid = fields.int64(), let eventID = fields.string() else {
                    continue
                }
                let depth = fields.int64() ?? 0
                let (isRejected, lacksState) = (fields.bool() ?? false, fields.bool() ?? false)
                let (type, key) = (fields.string(), fields.string())
                guard let json = fields.bytesOrNull() else { continue }
                // An unreadable event is named when its body is written, in the third pass.
                guard (try? event.read(json, keepsEventID: true)) != nil else { continue }
                note(
                    event, json, in: room, nid: nid, eventID: eventID, depth: depth, isRejected: isRejected,
                    lacksState: lacksState, filed: (type, key))
            }
        }
    }

    private mutating func note(
        _ event: EventReader, _ json: Span<UInt8>, in roomNID: Int64, nid: Int64, eventID: String, depth: Int64,
        isRejected: Bool, lacksState: Bool, filed: (type: String?, key: String?)
    ) {
        guard let room = rooms[roomNID], let type = JSONScanner.text(json, event.type),
            let stateKey = event.stateKey,
            let key = JSONScanner.text(json, stateKey), let sender = JSONScanner.text(json, event.sender),
            // The third pass names such an event.
            !EventWriter.isUnfit(json, eventID, room.version, texts: type + key + sender)
        else { return }
        var authEvents = event.authEvents.map { StateEvent.reference(to: JSONScanner.text(json, inside: $0)) }
        if room.version.isCreateImplied, type != "m.room.create" {
            authEvents.append(StateEvent.reference(to: "$" + room.roomID.dropFirst()))
        }
        let roomID = Array(room.roomID.utf8)
        for parent in event.previousEvents {
            parents.add(json.extracting(parent), in: roomID.span)
        }
        var membership: String?
        if type == "m.room.member", let value = event.parts.membership {
            membership = JSONScanner.text(json, value)
        }
        if type == "m.room.create", !isRejected, room.creator == nil { room.creator = sender }
        room.stateEvents.append(
            StateEvent(
                nid: nid, eventID: eventID, depth: depth, key: room.keys.number(type: type, stateKey: key),
                isFiledCorrectly: filed.type == type && filed.key == key, isRejected: isRejected,
                membership: membership,
                authEvents: authEvents, lacksState: lacksState))
    }

    private mutating func readSnapshots(_ source: inout Connection) throws {
        // room_nid is unreliable for the empty snapshot alone, which all rooms share.
        let mine: SQL = "s.room_nid = ANY (\(partition.rooms)) AND cardinality(s.state_block_nids) > 0"
        try source.copyOut(
            """
            SELECT s.room_nid, s.state_snapshot_nid, s.state_block_nids FROM roomserver_state_snapshots s
            WHERE \(mine) OR cardinality(s.state_block_nids) = 0
            """
        ) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let room = fields.int64(), let nid = fields.int64() else { continue }
                let blocks = fields.int64Array() ?? []
                if blocks.isEmpty {
                    emptySnapshots.insert(nid)
                } else {
                    rooms[room]?.blocksOfSnapshot[nid] = PackedNumbers(blocks)
                }
            }
        }
        try source.copyOut(
            """
            SELECT b.state_block_nid, b.event_nids FROM roomserver_state_block b WHERE b.state_block_nid IN (
                SELECT DISTINCT unnest(s.state_block_nids) FROM roomserver_state_snapshots s WHERE \(mine))
            """
        ) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let nid = fields.int64() else { continue }
                eventsOfBlock[nid] = fields.int64Array().map(PackedNumbers.init)
            }
        }
    }

    /// Reads what clients were told is the current state of rooms whose own snapshot is gone.
    private mutating func readCurrentState(_ source: inout Connection) throws {
        // A stub has none.
        let lacking = rooms.values.filter { !$0.latest.isEmpty && $0.blocksOfSnapshot[$0.snapshot] == nil }
            .map(\.nid).sorted()
        guard !lacking.isEmpty else { return }
        for nid in lacking { rooms[nid]?.currentStateForClients = [] }
        try source.copyOut(
            """
            SELECT r.room_nid, s.event_id FROM roomserver_rooms r JOIN syncapi_current_room_state s ON s.room_id = r.room_id
            WHERE r.room_nid = ANY (\(lacking))
            """
        ) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let room = fields.int64(), let eventID = fields.string() else { continue }
                rooms[room]?.currentStateForClients?.insert(eventID)
            }
        }
    }

    private mutating func readMemberships(_ source: inout Connection) throws {
        try source.copyOut(
            """
            SELECT m.room_nid, k.event_state_key, m.forgotten,
                   CASE WHEN m.target_local THEN CASE m.membership_nid WHEN \(MembershipNID.invite) THEN 'invite' WHEN \(MembershipNID.join) THEN 'join' END END
            FROM roomserver_membership m JOIN roomserver_event_state_keys k ON k.event_state_key_nid = m.target_nid
            WHERE (m.forgotten OR m.target_local AND m.membership_nid IN (\(MembershipNID.invite), \(MembershipNID.join))) AND m.room_nid = ANY (\(partition.rooms))
            """
        ) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let room = fields.int64(), let user = fields.string() else { continue }
                if fields.bool() ?? false { forgotten.insert(RoomMember(room: room, user: user)) }
                if let membership = fields.string() { rooms[room]?.unconfirmedMemberships[user] = membership }
            }
        }
    }
}
