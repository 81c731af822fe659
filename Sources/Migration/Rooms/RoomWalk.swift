// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

/// One room's events, visited in the order of the graph.
struct RoomWalk {
    let room: Room
    private(set) var snapshots: RoomSnapshots
    private var index: StateEventIndex
    private let roomID: [UInt8]
    private let scribe: StateGroupScribe
    /// State groups of the parents of ``Room/parentsOfStateless``; nil until they are met.
    private var groupsOfParents: [Int: Int64?]

    init(
        _ room: Room, eventsOfBlock: [Int64: PackedNumbers], emptySnapshots: Set<Int64>,
        identifiers: IdentifierRange.Cursor
    ) {
        self.room = room
        roomID = Array(room.roomID.utf8)
        scribe = StateGroupScribe(roomID: roomID, keys: room.keys, events: room.stateEvents)
        snapshots = RoomSnapshots(
            events: room.stateEvents, keys: room.keys.keys.count, blocksOfSnapshot: room.blocksOfSnapshot,
            emptySnapshots: emptySnapshots, eventsOfBlock: eventsOfBlock, identifiers: identifiers)
        groupsOfParents = Dictionary(
            room.parentsOfStateless.values.joined().map { ($0, nil) }, uniquingKeysWith: { first, _ in first })
        // With a place of its own: events and blocks are gone through side by side.
        index = snapshots.index
    }

    /// Takes one event: its state group, what it replaces, whether it is a tip of the graph.
    mutating func visit(_ row: borrowing SourceRow, _ parents: inout WalkedParents, _ sink: inout RowSink) throws {
        var fields = row.fields
        _ = fields.int64()
        guard let nid = fields.int64(), !room.unjudged.contains(nid) else { return }
        let eventID = fields.bytesOrEmpty()
        guard let depth = fields.int64(), let snapshot = fields.int64() else { return }
        let flags = EventFlags(field: fields.int16())
        let isRejected = flags.contains(.isRejected) && !room.accepted.contains(nid)
        let isOpenRedaction = fields.bool() ?? false
        room.hasEvents = true
        let parentsGroup = flags.contains(.isOutlier) ? groupOfParents(of: nid) : nil
        guard parentsGroup != nil || !flags.contains(.isOutlier) else { return }
        parents.meet(eventID, in: roomID.span)
        if !isRejected {
            room.minDepth = min(room.minDepth ?? depth, depth)
            if room.latest.contains(nid) { extremity(eventID, &sink) }
        }
        let group =
            try parentsGroup
            ?? self.group(
                nid: nid, eventID: eventID, depth: depth, snapshot: snapshot, isRejected: isRejected,
                isOpenRedaction: isOpenRedaction, &sink
            ).id
        if parentsGroup != nil { room.redactionsWithParentsState.insert(nid) }
        if !groupsOfParents.isEmpty { remember(group, of: eventID) }
        sink.append(to: RoomTables.groupOfEvent) { row in
            row.write(eventID)
            row.write(group)
        }
    }

    /// The state group that all parents of a redaction have; nil where they differ, or one is not known.
    private func groupOfParents(of nid: Int64) -> Int64? {
        let groups = Set((room.parentsOfStateless[nid] ?? []).map { groupsOfParents[$0] ?? nil })
        return groups.count == 1 ? groups.first ?? nil : nil
    }

    private mutating func remember(_ group: Int64, of eventID: Span<UInt8>) {
        let reference = StateEvent.reference(to: EventWriter.string(eventID))
        if groupsOfParents[reference] != nil { groupsOfParents[reference] = group }
    }

    private mutating func group(
        nid: Int64, eventID: Span<UInt8>, depth: Int64, snapshot: Int64, isRejected: Bool, isOpenRedaction: Bool,
        _ sink: inout RowSink
    ) throws -> StateGroups.Group {
        let index = index.place(of: nid)
        let scribe = self.scribe
        let needsState = index != nil || isOpenRedaction
        let before = try snapshots.group(before: snapshot, needsState: needsState) { scribe.write($0, eventID, &sink) }
        if isOpenRedaction { notePower(before: nid) }
        guard let index else { return before }
        let key = room.stateEvents[Int(index)].key
        if let old = snapshots.current(key), old != index, room.stateEvents[Int(old)].depth < depth {
            room.replaced[nid] = room.stateEvents[Int(old)].eventID
        }
        guard !isRejected else { return before }
        return try snapshots.group(after: index) { scribe.write($0, eventID, &sink) }
    }

    private mutating func notePower(before nid: Int64) {
        func present(_ type: String) -> Int64? {
            room.keys.number(ifKnown: type, "").flatMap { snapshots.current($0) }.map { room.stateEvents[Int($0)].nid }
        }
        room.powerBefore[nid] = Room.PowerBefore(
            create: present("m.room.create"), powerLevels: present("m.room.power_levels"))
    }

    /// After the last event: the current state, and whether one of our users is in it.
    mutating func finish(isOurs: (String) -> Bool) {
        guard !room.latest.isEmpty else { return }
        for event in currentState() {
            room.currentState.insert(event.nid)
            let key = room.keys[event.key]
            if key.type == "m.room.member", event.membership == "join", isOurs(key.stateKey) {
                room.isJoinedByUs = true
            }
        }
    }

    private mutating func currentState() -> [StateEvent] {
        if let known = room.currentStateForClients {
            var ofKey: [Int32: StateEvent] = [:]
            // One for each key, as the target's table has it.
            for event in room.stateEvents where known.contains(event.eventID) && !event.isRejected {
                ofKey[event.key] = event
            }
            return Array(ofKey.values)
        }
        guard room.blocksOfSnapshot[room.snapshot] != nil else { return [] }
        snapshots.move(to: room.snapshot)
        return snapshots.groups.state.entries.filter { $0 >= 0 }.map { room.stateEvents[Int($0)] }
    }

    private func extremity(_ eventID: Span<UInt8>, _ sink: inout RowSink) {
        sink.append(to: RoomTables.extremities) { row in
            row.write(eventID)
            row.write(roomID)
        }
    }
}
