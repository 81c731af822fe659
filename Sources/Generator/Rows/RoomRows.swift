// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Rows of all tables that rooms and their events fill.
struct RoomRows {
    let population: Population

    private var events = TableRows(
        "roomserver_events",
        """
        event_nid room_nid event_type_nid event_state_key_nid sent_to_output state_snapshot_nid depth event_id \
        auth_event_nids is_rejected
        """)
    private var texts = TableRows("roomserver_event_json", "event_nid event_json")
    private var blocks = TableRows("roomserver_state_block", "state_block_nid state_block_hash event_nids")
    private var snapshots = TableRows(
        "roomserver_state_snapshots", "state_snapshot_nid state_snapshot_hash room_nid state_block_nids")
    var previous = TableRows("roomserver_previous_events", "previous_event_id event_nids")
    private var redactions = TableRows("roomserver_redactions", "redaction_event_id redacts_event_id validated")
    var rooms = TableRows(
        "roomserver_rooms", "room_nid room_id latest_event_nids last_event_sent_nid state_snapshot_nid room_version")
    var memberships = TableRows(
        "roomserver_membership", "room_nid target_nid sender_nid membership_nid event_nid target_local forgotten")
    var invites = TableRows(
        "roomserver_invites", "invite_event_id room_nid target_nid sender_nid retired invite_event_json")
    var aliases = TableRows("roomserver_room_aliases", "alias room_id creator_id")
    var published = TableRows("roomserver_published", "room_id appservice_id network_id published")
    private var output = TableRows(
        "syncapi_output_room_events",
        """
        id event_id room_id headered_event_json type sender contains_url add_state_ids remove_state_ids session_id \
        transaction_id exclude_from_sync history_visibility
        """)
    private var topology = TableRows(
        "syncapi_output_room_events_topology", "event_id topological_position stream_position room_id")
    var clientMemberships = TableRows(
        "syncapi_memberships", "room_id user_id membership event_id stream_pos topological_pos")
    var clientInvites = TableRows(
        "syncapi_invite_events", "id event_id room_id target_user_id headered_event_json deleted")
    private var relations = TableRows(
        "syncapi_relations", "id room_id event_id child_event_id child_event_type rel_type")
    var extremities = TableRows("syncapi_backward_extremities", "room_id event_id prev_event_id")
    var receipts = TableRows("syncapi_receipts", "id room_id receipt_type user_id event_id receipt_ts")
    var unread = TableRows(
        "syncapi_notification_data", "id user_id room_id notification_count highlight_count")
    var notifications = TableRows(
        "userapi_notifications",
        "id localpart server_name room_id event_id stream_pos ts_ms highlight notification_json read")
    var accountData = TableRows("userapi_account_datas", "localpart server_name room_id type content")
    var joinedHosts = TableRows("federationsender_joined_hosts", "room_id event_id server_name")
    /// Current state by number; ``CurrentState`` makes the rows that clients see of it.
    var currentState = TableRows(
        CurrentState.working, "event_nid room_id type state_key sender membership added_at room_version event_id")

    init(population: Population) { self.population = population }

    /// Sends the tables of which a batch waits, or all.
    mutating func send(to connection: inout Connection, all: Bool = false) throws(PostgresError) {
        try events.send(to: &connection, all: all)
        try texts.send(to: &connection, all: all)
        try output.send(to: &connection, all: all)
        try topology.send(to: &connection, all: all)
        try blocks.send(to: &connection, all: all)
        try snapshots.send(to: &connection, all: all)
        try previous.send(to: &connection, all: all)
        try redactions.send(to: &connection, all: all)
        try rooms.send(to: &connection, all: all)
        try memberships.send(to: &connection, all: all)
        try invites.send(to: &connection, all: all)
        try aliases.send(to: &connection, all: all)
        try published.send(to: &connection, all: all)
        try clientMemberships.send(to: &connection, all: all)
        try clientInvites.send(to: &connection, all: all)
        try relations.send(to: &connection, all: all)
        try extremities.send(to: &connection, all: all)
        try receipts.send(to: &connection, all: all)
        try unread.send(to: &connection, all: all)
        try notifications.send(to: &connection, all: all)
        try accountData.send(to: &connection, all: all)
        try joinedHosts.send(to: &connection, all: all)
        try currentState.send(to: &connection, all: all)
    }

    /// Adds a set of state events, in ascending order, under a number.
    mutating func addBlock(_ number: Int64, _ members: [Int64]) {
        let hash = Self.hash(members)
        blocks.append {
            $0.write(number)
            $0.write(hash)
            $0.write(members)
        }
    }

    /// Adds a list of blocks that are a state together.
    mutating func addSnapshot(_ number: Int64, room: Int64, _ list: [Int64]) {
        let hash = Self.hash(list)
        snapshots.append {
            $0.write(number)
            $0.write(hash)
            $0.write(room)
            $0.write(list)
        }
    }

    /// The hash by which Dendrite knows equal lists: of their JSON, with an empty one as Go's nil.
    private static func hash(_ numbers: [Int64]) -> [UInt8] {
        var json = TextBuffer()
        if numbers.isEmpty { json.append("null") }
        for (position, number) in numbers.enumerated() {
            json.append(position > 0 ? "," : "[")
            json.append(decimal: number)
        }
        if !numbers.isEmpty { json.append("]") }
        return BLAKE2b.digest(json.span)
    }

    mutating func addRedaction(of target: EventID, by redaction: EventID) {
        redactions.append {
            $0.write(redaction)
            $0.write(target)
            $0.write(true)
        }
    }

    /// Adds an event as the server and as clients see it.
    ///
    /// - Parameter redaction: the redaction that took the event's content away since.
    mutating func add(_ row: EventRow, redactedBy redaction: EventRow? = nil) {
        let stateKey: Int64 = row.draft.member.map(population.number) ?? (row.draft.isState ? 1 : 0)
        events.append {
            $0.write(row.number)
            $0.write(row.room.number)
            $0.write(row.draft.type.number)
            $0.write(stateKey)
            $0.write(row.draft.arrival == .live)
            $0.write(row.snapshot)
            $0.write(row.draft.depth)
            $0.write(row.text.id)
            $0.write(row.authorization)
            $0.write(row.draft.arrival == .rejected)
        }
        texts.append {
            $0.write(row.number)
            if let redaction { $0.write(row.serverText(redactedBy: redaction)) } else { $0.write(row.text.json) }
        }
        guard row.isOnTimeline else { return }
        addForClients(row, redactedBy: redaction)
        if let relation = row.draft.relation {
            relations.append {
                $0.write(row.number)
                $0.write(row.room.id)
                $0.write(relation.target)
                $0.write(row.text.id)
                $0.write(row.draft.type.rawValue)
                $0.write(relation.kind)
            }
        }
    }

    private mutating func addForClients(_ row: EventRow, redactedBy redaction: EventRow?) {
        output.append {
            $0.write(row.streamPosition)
            $0.write(row.text.id)
            $0.write(row.room.id)
            row.writeClientText(redactedBy: redaction, population: population, to: &$0)
            $0.write(row.draft.type.rawValue)
            $0.write(population.userID(row.draft.sender))
            $0.write(row.draft.hasURL && redaction == nil)
            if row.added.isEmpty { $0.writeNull() } else { $0.write(row.added) }
            if let replaced = row.replaced { $0.write([replaced.event.id]) } else { $0.writeNull() }
            if row.isFromClient(population) {
                $0.write(population.session(row.draft.sender))
                $0.write("m\(row.draft.time).\(row.number)")
            } else {
                $0.writeNull()
                $0.writeNull()
            }
            $0.write(row.draft.arrival == .backfilled)
            $0.write(Int16(2))
        }
        topology.append {
            $0.write(row.text.id)
            $0.write(row.draft.depth)
            $0.write(row.streamPosition)
            $0.write(row.room.id)
        }
    }
}

extension EventRow {
    /// Whether Dendrite remembers the session and the transaction that sent the event: not of state, nor of redactions.
    fileprivate func isFromClient(_ population: Population) -> Bool {
        population.isLocal(draft.sender) && !draft.isState && draft.type != .redaction
    }
}
