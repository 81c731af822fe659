// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

extension RoomLoad {
    /// Walks all events of each room in the order of the graph: state groups, what each event replaced, current state.
    mutating func walkEvents(_ source: inout Connection, _ sink: inout RowSink) throws {
        let query: SQL = """
            SELECT e.room_nid, e.event_nid, e.event_id, e.depth, e.state_snapshot_nid, \(plan.flags(of: "e")),
                   CASE WHEN e.event_type_nid = \(EventTypeNID.redaction) AND NOT EXISTS (
                       SELECT 1 FROM roomserver_redactions r WHERE r.redaction_event_id = e.event_id AND r.validated) THEN true END
            FROM roomserver_events e WHERE e.room_nid = ANY (\(partition.rooms))
            ORDER BY \(place), e.room_nid, e.depth, e.event_nid
            """
        var walk: RoomWalk?
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let nid = fields.int64() else { continue }
                if walk?.room.nid != nid {
                    try finish(&walk, &sink)
                    guard let room = rooms[nid] else { continue }
                    walk = RoomWalk(
                        room, eventsOfBlock: eventsOfBlock, emptySnapshots: emptySnapshots, identifiers: stateGroups)
                }
                try walk?.visit(row, &parents, &sink)
                try sink.endRow()
            }
        }
        try finish(&walk, &sink)
        parents.finish()
    }

    private mutating func finish(_ walk: inout RoomWalk?, _ sink: inout RowSink) throws {
        guard var finished = walk else { return }
        walk = nil
        finished.finish(isOurs: plan.isOurs)
        stateGroups = finished.snapshots.groups.remaining
        finished.room.blocksOfSnapshot = [:]
        if finished.room.currentStateForClients != nil {
            sink.name(
                RejectedRow(
                    key: finished.room.roomID, column: "state_snapshot_nid",
                    reason: "the room's current state is not there; "
                        + (finished.room.currentState.isEmpty
                            ? "the room has none now" : "it has the one that clients were told of")))
        }
        if !finished.snapshots.foreign.isEmpty {
            sink.name(
                RejectedRow(
                    key: finished.room.roomID, column: "state_snapshot_nid",
                    reason:
                        "Dendrite files the state before some of its events under another room; it was taken as empty"))
        }
        if !finished.snapshots.missingBlocks.isEmpty {
            sink.leaveOut("state blocks that are not there", finished.snapshots.missingBlocks.count)
        }
        if finished.snapshots.strayEntries > 0 {
            sink.leaveOut("state entries without a state event", finished.snapshots.strayEntries)
        }
        if finished.snapshots.misfiledEntries > 0 {
            sink.leaveOut("state entries under a wrong key", finished.snapshots.misfiledEntries)
        }
    }

    /// Writes the room's own row, its auth chains and its lowest depth.
    mutating func writeRoom(_ nid: Int64, _ sink: inout RowSink) throws {
        guard let room = rooms[nid] else { return }
        guard room.hasEvents else {
            sink.leaveOut("rooms without events")
            return
        }
        sink.append(to: RoomTables.rooms) { row in
            row.write(room.roomID)
            row.write(room.isPublished)
            row.write(room.creator ?? "")
            row.write(room.version.name)
            row.write(true)
        }
        if let depth = room.minDepth {
            sink.append(to: RoomTables.depth) { row in
                row.write(room.roomID)
                row.write(EventFacts.within(depth))
            }
        }
        try writeAuthChains(of: room, &sink)
        try sink.endRow()
    }

    private mutating func writeAuthChains(of room: Room, _ sink: inout RowSink) throws {
        // The way in which version 12 resolves conflicts needs a place for each event in conflict: without one, nobody could
        // write, join or leave. In older versions Synapse then goes through the graph instead.
        let chains = AuthChains(
            of: room.stateEvents, passesOverUnknown: room.version.isCreateImplied, identifiers: &authChains)
        for (event, place) in zip(room.stateEvents, chains.places) {
            if let place {
                sink.append(to: RoomTables.chains) { row in
                    row.write(event.eventID)
                    row.write(place.chain)
                    row.write(place.sequence)
                }
            } else {
                sink.append(to: RoomTables.chainsToCalculate) { row in
                    row.write(event.eventID)
                    row.write(room.roomID)
                    row.write(room.keys[event.key].type)
                    row.write(room.keys[event.key].stateKey)
                }
            }
            try sink.endRow()
        }
        for link in chains.links {
            sink.append(to: RoomTables.chainLinks) { row in
                row.write(link.origin.chain)
                row.write(link.origin.sequence)
                row.write(link.target.chain)
                row.write(link.target.sequence)
            }
            try sink.endRow()
        }
    }
}
