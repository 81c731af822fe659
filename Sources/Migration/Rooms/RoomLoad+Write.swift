// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

extension RoomLoad {
    /// The third pass: the rows of state events and redactions, with what the walk has found out.
    mutating func writeStateEvents(
        _ timeline: EventTimeline, _ source: inout Connection, _ sink: inout RowSink
    ) throws {
        var writer = EventWriter(timeline, now: plan.now, walked: parents)
        parents = WalkedParents()
        let levels = try readPowerLevels(&source)
        let query = plan.bodies(
            joining: Plan.lookUpOfBody,
            where: "e.room_nid = ANY (\(partition.rooms)) AND \(plan.isLoadedWithRoom())",
            alsoSelecting: """
                , CASE WHEN e.event_type_nid = \(EventTypeNID.redaction)
                       THEN (SELECT v.redacts_event_id FROM roomserver_redactions v
                             WHERE v.redaction_event_id = e.event_id AND v.validated LIMIT 1) END
                """)
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                do throws(RejectedRow) {
                    try write(row, &writer, levels, timeline, &sink)
                } catch {
                    try sink.reject(error)
                }
                try sink.endRow()
            }
        }
    }

    private mutating func write(
        _ row: borrowing SourceRow, _ writer: inout EventWriter, _ levels: RedactionPower,
        _ timeline: EventTimeline, _ sink: inout RowSink
    ) throws(RejectedRow) {
        var body = EventBody(row, in: timeline.rooms)
        let event = body.nid
        let applied = body.fields.string()
        guard let room = rooms[body.roomNID], !room.unjudged.contains(event) else { return }
        var facts = try body.facts(timeline)
        facts.replacedEventID = room.replaced[event]
        if room.accepted.contains(event) { facts.isRejected = false }
        if room.redactionsWithParentsState.contains(event) { (facts.isOutlier, facts.isLost) = (false, false) }
        facts.isOutOfBand = facts.isOutlier && room.openInvitations[event] != nil
        if !strippedState.isEmpty { facts.strippedState = strippedState[body.eventIDText] }
        try writer.read(body.json, body.eventID, facts.version)
        let stateKey = writer.reader.stateKey.flatMap { JSONScanner.text(body.json, $0) }
        if let stateKey { facts.isForgotten = forgotten.contains(RoomMember(room: room.nid, user: stateKey)) }
        // Nobody is shown a rejected one.
        let named = facts.isRejected ? nil : try writer.redactedEventID(body.json, body.eventID, facts.version)
        // A redaction that was itself redacted names its target no more.
        let redacts = facts.isRejected ? nil : named ?? applied
        if !facts.isRejected, !facts.version.hasRedactsInContent, writer.reader.redacts == nil {
            facts.redactsAgain = applied
        }
        if redacts != nil, applied == nil, !facts.version.hasEventIDInJSON {
            let sender = JSONScanner.text(body.json, writer.reader.sender)
            // Without the state before it nobody knows who might.
            facts.needsRecheck =
                room.powerBefore[event].map { !levels.mayRedact(sender ?? "", $0, facts.version) } ?? true
        }
        let content = try writer.write(
            facts, eventID: body.eventID, roomID: body.roomID, json: body.json, to: &sink)
        if facts.isLost { sink.leaveOut(EventFacts.lost) }
        if let redacts {
            let cameWithHistory = room.parentsOfStateless[event] != nil
            note(
                Redaction(
                    eventID: body.eventIDText, syncID: cameWithHistory ? 0 : timeline.syncID(of: event) ?? 0,
                    isValidated: applied != nil,
                    namesTarget: named != nil,
                    nid: event,
                    receivedTimestamp: facts.receivedTimestamp ?? min(writer.reader.originServerTimestamp, plan.now),
                    needsRecheck: facts.needsRecheck), of: RedactedEvent(roomNID: room.nid, eventID: redacts))
        }
        if let stateKey, room.currentState.contains(event) {
            writeCurrent(room, stateKey, facts, content, body, writer.reader, &sink)
        } else if let user = room.openInvitations[event] {
            writeMembership("invite", of: user, room, facts, body, &sink)
        }
    }

    private func writeCurrent(
        _ room: Room, _ stateKey: String, _ facts: EventFacts, _ content: ContentParts,
        _ body: borrowing EventBody, _ reader: EventReader, _ sink: inout RowSink
    ) {
        let type = JSONScanner.text(body.json, reader.type) ?? ""
        let isMember = type == "m.room.member"
        let membership = isMember ? EventWriter.membership(content, body.json) : nil
        if room.isJoinedByUs {
            sink.append(to: RoomTables.currentState) { row in
                row.write(body.eventID)
                row.write(body.roomID)
                row.write(type)
                row.write(stateKey)
                row.write(membership)
                row.write(facts.streamOrdering)
            }
        }
        if isMember, let membership, plan.isOurs(stateKey), !room.invited.contains(stateKey) {
            writeMembership(membership, of: stateKey, room, facts, body, &sink)
        }
    }

    private func writeMembership(
        _ membership: String, of user: String, _ room: Room, _ facts: EventFacts, _ body: borrowing EventBody,
        _ sink: inout RowSink
    ) {
        if room.unconfirmedMemberships[user] == membership { room.unconfirmedMemberships.removeValue(forKey: user) }
        sink.append(to: RoomTables.localMembership) { row in
            row.write(body.roomID)
            row.write(user)
            row.write(body.eventID)
            row.write(membership)
            row.write(facts.streamOrdering)
        }
    }
}
