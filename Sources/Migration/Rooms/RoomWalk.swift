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
    private let writer: StateGroupWriter
    /// Events whose children need the state after them: the parents of ``Room/parentsOfStateless``, by ``StateEvent/reference(to:)``.
    private let awaitedParents: Set<Int>
    /// That state, once they have been met.
    private var stateAfter: [Int: StateAfter] = [:]

    /// What a redaction that changes no state takes over from its parents.
    private struct StateAfter {
        let group: Int64
        let power: Room.PowerBefore
    }

    init(
        _ room: Room, eventsOfBlock: [Int64: PackedNumbers], emptySnapshots: Set<Int64>,
        identifiers: IdentifierRange.Cursor
    ) {
        self.room = room
        roomID = Array(room.roomID.utf8)
        writer = StateGroupWriter(roomID: roomID, keys: room.keys, events: room.stateEvents)
        snapshots = RoomSnapshots(
            events: room.stateEvents, keys: room.keys.keys.count, blocksOfSnapshot: room.blocksOfSnapshot,
            emptySnapshots: emptySnapshots, eventsOfBlock: eventsOfBlock, identifiers: identifiers)
        awaitedParents = Set(room.parentsOfStateless.values.joined())
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
        let ofParents = flags.contains(.isOutlier) ? stateAfterParents(of: nid) : nil
        guard ofParents != nil || !flags.contains(.isOutlier) else { return }
        parents.meet(eventID, in: roomID.span)
        if !isRejected {
            room.minDepth = min(room.minDepth ?? depth, depth)
            if room.latest.contains(nid) { extremity(eventID, &sink) }
        }
        let awaited = awaitedParents.isEmpty ? nil : StateEvent.reference(to: EventWriter.string(eventID))
        let isAwaited = awaited.map(awaitedParents.contains) ?? false
        let group: Int64
        if let ofParents {
            group = ofParents.group
            room.redactionsWithParentsState.insert(nid)
            if isOpenRedaction { room.powerBefore[nid] = ofParents.power }
        } else {
            group = try self.group(
                nid: nid, eventID: eventID, depth: depth, snapshot: snapshot, isRejected: isRejected,
                isOpenRedaction: isOpenRedaction, isAwaited: isAwaited, &sink
            ).id
        }
        if let awaited, isAwaited {
            stateAfter[awaited] = StateAfter(group: group, power: ofParents?.power ?? presentPower)
        }
        sink.append(to: RoomTables.groupOfEvent) { row in
            row.write(eventID)
            row.write(group)
        }
    }

    /// The state that all parents of a redaction lead to; nil where they differ, or one is not known.
    private func stateAfterParents(of nid: Int64) -> StateAfter? {
        let states = (room.parentsOfStateless[nid] ?? []).map { stateAfter[$0] }
        guard let first = states.first, states.allSatisfy({ $0?.group == first?.group }) else { return nil }
        return first
    }

    private mutating func group(
        nid: Int64, eventID: Span<UInt8>, depth: Int64, snapshot: Int64, isRejected: Bool, isOpenRedaction: Bool,
        isAwaited: Bool, _ sink: inout RowSink
    ) throws -> StateGroups.Group {
        let index = index.place(of: nid)
        let writer = self.writer
        let needsState = index != nil || isOpenRedaction || isAwaited
        let before = try snapshots.group(before: snapshot, needsState: needsState) { writer.write($0, eventID, &sink) }
        if isOpenRedaction { room.powerBefore[nid] = presentPower }
        guard let index else { return before }
        let key = room.stateEvents[Int(index)].key
        if let old = snapshots.current(key), old != index, room.stateEvents[Int(old)].depth < depth {
            room.replaced[nid] = room.stateEvents[Int(old)].eventID
        }
        guard !isRejected else { return before }
        return try snapshots.group(after: index) { writer.write($0, eventID, &sink) }
    }

    /// What decides about power in the present state.
    private var presentPower: Room.PowerBefore {
        func present(_ type: String) -> Int64? {
            room.keys.number(ifKnown: type, "").flatMap { snapshots.current($0) }.map { room.stateEvents[Int($0)].nid }
        }
        return Room.PowerBefore(create: present("m.room.create"), powerLevels: present("m.room.power_levels"))
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
