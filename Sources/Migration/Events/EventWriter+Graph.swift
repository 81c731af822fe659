// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

extension EventWriter {
    /// Ids and keys have at most 255 code points of up to 4 bytes; what is longer names nothing, and no index can hold it.
    static let longestIdentifier = 1_020
    /// PostgreSQL's B-trees take entries of up to 2,704 bytes.
    static let longestIndexEntry = 2_500

    /// Edges to parents, and those parents that may be missing; edges to auth events where it is a state event.
    func graph(
        _ facts: EventFacts, _ eventID: Span<UInt8>, _ roomID: Span<UInt8>, _ json: Span<UInt8>, _ sink: inout RowSink
    ) {
        if !facts.isRejected {
            for (index, parent) in reader.previousEvents.enumerated()
            where parent.count <= Self.longestIdentifier && !Self.isRepeated(json, reader.previousEvents, index) {
                sink.append(to: EventTables.edges) { row in
                    row.write(eventID)
                    Self.identifier(json, parent, &row)
                    row.write(false)
                }
                if facts.isOutlier || isKnown(json, parent, in: roomID) { continue }
                sink.append(to: EventTables.unseenParents) { row in
                    Self.identifier(json, parent, &row)
                    row.write(roomID)
                }
            }
        }
        guard reader.stateKey != nil else { return }
        for (index, auth) in reader.authEvents.enumerated()
        where auth.count <= Self.longestIdentifier && !Self.isRepeated(json, reader.authEvents, index) {
            sink.append(to: EventTables.auth) { row in
                row.write(eventID)
                Self.identifier(json, auth, &row)
                row.write(roomID)
            }
        }
        let isCreate = JSONScanner.equals(json, reader.type, "\"m.room.create\"")
        // Of an invitation from afar the create event is out of reach.
        if facts.version.isCreateImplied, !isCreate, !facts.isOutOfBand, roomID.count > 1 {
            sink.append(to: EventTables.auth) { row in
                row.write(eventID)
                row.writeText { row in
                    row.piece("$")
                    row.piece(roomID.extracting(1..<roomID.count))
                }
                row.write(roomID)
            }
        }
    }

    private static func isRepeated(_ json: Span<UInt8>, _ ids: [Range<Int>], _ index: Int) -> Bool {
        for earlier in 0..<index where JSONScanner.isSame(json.extracting(ids[earlier]), json.extracting(ids[index])) {
            return true
        }
        return false
    }

    private static func identifier(_ json: Span<UInt8>, _ inside: Range<Int>, _ row: inout CopyBuffer) {
        if JSONScanner.isPlain(json, inside) {
            row.write(json.extracting(inside))
        } else {
            row.write(JSONScanner.unescaped(json, inside).filter { $0 != 0 })
        }
    }

    /// What only events that were not rejected have: state, memberships, relations, retention.
    func rest(
        _ facts: EventFacts, _ content: ContentParts, _ eventID: Span<UInt8>, _ roomID: Span<UInt8>,
        _ json: Span<UInt8>,
        _ sink: inout RowSink
    ) throws(RejectedRow) {
        if let membership = content.membership, reader.stateKey != nil,
            JSONScanner.equals(json, reader.type, "\"m.room.member\""), let name = JSONScanner.string(json, membership),
            !name.contains(0)
        {
            member(facts, content, name, eventID, roomID, json, &sink)
        }
        if let relatesTo = content.relatesTo, !facts.isOutlier {
            relation(relatesTo, facts, eventID, roomID, json, &sink)
        }
        if JSONScanner.equals(json, reader.type, "\"m.room.retention\""), reader.stateKey?.count == 2 {
            sink.append(to: EventTables.retention) { row in
                row.write(roomID)
                row.write(eventID)
                row.write(content.minLifetime.flatMap { JSONScanner.integer(json, $0) })
                row.write(content.maxLifetime.flatMap { JSONScanner.integer(json, $0) })
            }
        }
    }

    private func member(
        _ facts: EventFacts, _ content: ContentParts, _ membership: [UInt8], _ eventID: Span<UInt8>,
        _ roomID: Span<UInt8>, _ json: Span<UInt8>, _ sink: inout RowSink
    ) {
        sink.append(to: EventTables.memberships) { row in
            row.write(eventID)
            Self.optional(json, reader.stateKey, &row)
            Self.optional(json, reader.sender, &row)
            row.write(roomID)
            row.write(membership)
            row.write(Int32(facts.isForgotten ? 1 : 0))
            Self.optional(json, content.displayName, &row)
            Self.optional(json, content.avatarURL, &row)
            row.write(facts.streamOrdering)
        }
    }

    /// A text that may be missing, or be no string, or hold U+0000: then NULL.
    private static func optional(_ json: Span<UInt8>, _ value: Range<Int>?, _ row: inout CopyBuffer) {
        guard let value, let text = JSONScanner.string(json, value), !text.contains(0) else { return row.writeNull() }
        row.write(text)
    }

    /// `m.relates_to` with a type and a target that are strings; encrypted events carry it in the clear, too.
    private func relation(
        _ relatesTo: Range<Int>, _ facts: EventFacts, _ eventID: Span<UInt8>, _ roomID: Span<UInt8>,
        _ json: Span<UInt8>, _ sink: inout RowSink
    ) {
        func member(_ name: StaticString) -> [UInt8]? {
            guard let value = JSONScanner.member(name, of: json, in: relatesTo),
                let text = JSONScanner.string(json, value), !text.contains(0)
            else { return nil }
            return text
        }
        guard JSONScanner.isObject(json, relatesTo), let type = member("rel_type"), let target = member("event_id")
        else {
            return
        }
        let key = type.elementsEqual("m.annotation".utf8) ? member("key") : nil
        guard target.count + type.count + (key?.count ?? 0) <= Self.longestIndexEntry else { return }
        sink.append(to: EventTables.relations) { row in
            row.write(eventID)
            row.write(target)
            row.write(type)
            if let key { row.write(key) } else { row.writeNull() }
        }
        guard type.elementsEqual("m.thread".utf8) else { return }
        sink.append(to: EventTables.threadReplies) { row in
            row.write(roomID)
            row.write(target)
            row.write(eventID)
            row.write(facts.topologicalOrdering)
            row.write(facts.streamOrdering)
        }
    }
}

extension EventWriter {
    /// The membership that a member event gives, if it is a text that PostgreSQL can hold.
    static func membership(_ content: ContentParts, _ json: Span<UInt8>) -> String? {
        content.membership.flatMap { JSONScanner.text(json, $0) }.flatMap { $0.utf8.contains(0) ? nil : $0 }
    }

    /// The event that a redaction names; nil if it is none or names none.
    ///
    /// - Throws: ``RejectedRow`` if it names what is no text, or none that PostgreSQL can hold: Synapse looks it up for
    ///   every request that meets the redaction, and none of these is answered.
    func redactedEventID(
        _ json: Span<UInt8>, _ eventID: Span<UInt8>, _ version: RoomVersion
    ) throws(RejectedRow) -> String? {
        guard JSONScanner.equals(json, reader.type, "\"m.room.redaction\"") else { return nil }
        let named =
            version.hasRedactsInContent
            ? JSONScanner.member("redacts", of: json, in: reader.content) : reader.redacts
        guard let value = named, !JSONScanner.isNull(json, value) else { return nil }
        guard let text = JSONScanner.text(json, value) else {
            throw RejectedRow(key: Self.string(eventID), column: "redacts", reason: "is no text")
        }
        guard !text.utf8.contains(0) else {
            throw RejectedRow(key: Self.string(eventID), column: "redacts", reason: "holds U+0000")
        }
        return text.utf8.count <= Self.longestIdentifier ? text : nil
    }

    /// The auth events of the event at hand, the implied create event included, by ``StateEvent/reference(to:)``.
    func authEvents(_ json: Span<UInt8>, in room: Room) -> [Int] {
        var references = reader.authEvents.map { StateEvent.reference(to: JSONScanner.text(json, inside: $0)) }
        if room.version.isCreateImplied, !JSONScanner.equals(json, reader.type, "\"m.room.create\"") {
            references.append(StateEvent.reference(to: "$" + room.roomID.dropFirst()))
        }
        return references
    }
}
