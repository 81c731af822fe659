// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Writes one event to all the tables that its JSON fills.
///
/// The JSON is carried byte for byte, but for `unsigned`, which is written anew, and `event_id`, where the room version
/// derives it: hashes and signatures cover neither.
struct EventWriter {
    private(set) var reader = EventReader()
    /// What is not carried of the content of the event that was read last; see ``ThirdPartyInvite``.
    private var dropped: Range<Int>?
    /// Events that are no outliers, so none is missing from its room's graph.
    private(set) var recent = RecentEvents()
    /// Parents that the caller knows to be loaded and no outliers.
    private let walked: WalkedParents
    private let timeline: EventTimeline
    /// The time of loading, ms.
    let now: Int64

    /// A writer that has met no event.
    ///
    /// - Parameters:
    ///   - timeline: what events' facts come from.
    ///   - now: the time of loading, ms.
    ///   - walked: which parents the caller knows to be loaded and no outliers.
    init(_ timeline: EventTimeline, now: Int64, walked: WalkedParents = WalkedParents()) {
        self.timeline = timeline
        self.now = now
        self.walked = walked
    }

    /// Reads an event; its rows are then appended by ``write(_:eventID:roomID:json:to:)``.
    ///
    /// - Throws: ``RejectedRow`` if its JSON cannot be read.
    mutating func read(
        _ json: Span<UInt8>, _ eventID: Span<UInt8>, _ version: RoomVersion
    ) throws(RejectedRow) {
        do throws(JSONFault) {
            try reader.read(json, keepsEventID: version.hasEventIDInJSON)
        } catch {
            throw RejectedRow(key: Self.string(eventID), column: "event_json", reason: error.description)
        }
        dropped = nil
        if let proof = reader.parts.thirdPartyInvite, let event = CanonicalJSON(reading: Array(json, 0..<json.count)),
            ThirdPartyInvite.isUncovered(by: Self.string(eventID), in: event, version)
        {
            let member = ThirdPartyInvite.withComma(proof, in: json)
            let rest = Array(json, 0..<member.lowerBound) + Array(json, member.upperBound..<json.count)
            // Of several that are called so only the last is known here.
            if CanonicalJSON(reading: rest) == ThirdPartyInvite.without(event) { dropped = member }
        }
    }

    /// Appends the rows of the event that was read last.
    ///
    /// Its children take it to be there, unless it is an outlier: whoever rejects it must do so under its `event_id`.
    /// - Returns: the parts of its content, for callers that write more.
    /// - Throws: ``RejectedRow`` if its JSON holds what PostgreSQL cannot.
    mutating func write(
        _ facts: EventFacts, eventID: Span<UInt8>, roomID: Span<UInt8>, json: Span<UInt8>, to sink: inout RowSink
    ) throws(RejectedRow) -> ContentParts {
        try append(facts, eventID, roomID, json, &sink)
        if !facts.isOutlier { recent.insert(eventID, in: roomID) }
        return reader.parts
    }

    /// Notes an event that another load writes, and that is no outlier.
    ///
    /// Should that load reject it, its children are found by the rejection.
    mutating func see(_ eventID: Span<UInt8>, in roomID: Span<UInt8>) {
        recent.insert(eventID, in: roomID)
    }

    /// Whether a parent is known to be loaded, or to be rejected under its `event_id`; false for one that is written with escapes.
    func isKnown(_ json: Span<UInt8>, _ parent: Range<Int>, in roomID: Span<UInt8>) -> Bool {
        guard JSONScanner.isPlain(json, parent) else { return false }
        let eventID = json.extracting(parent)
        return recent.contains(eventID, in: roomID) || walked.wereMet(eventID, in: roomID)
    }

    private func append(
        _ facts: EventFacts, _ eventID: Span<UInt8>, _ roomID: Span<UInt8>, _ json: Span<UInt8>, _ sink: inout RowSink
    ) throws(RejectedRow) {
        let content = reader.parts
        let device = timeline.device(of: facts.transaction)
        try event(facts, content, eventID, roomID, json, &sink)
        body(facts, device, eventID, roomID, json, &sink)
        if let stateKey = reader.stateKey { try state(stateKey, facts, eventID, roomID, json, &sink) }
        graph(facts, eventID, roomID, json, &sink)
        if facts.isRejected {
            sink.append(to: EventTables.rejections) { row in
                row.write(eventID)
                row.write("auth_error")
                row.write(String(now))
            }
        } else {
            try rest(facts, content, eventID, roomID, json, &sink)
        }
        transaction(facts, device, eventID, roomID, &sink)
        if !content.hasBody && JSONScanner.equals(json, reader.type, "\"m.room.message\"")
            || !content.hasName && JSONScanner.equals(json, reader.type, "\"m.room.name\"")
        {
            sink.append(to: EventTables.silentMessages) { $0.write(facts.streamOrdering) }
        }
        if dropped != nil { sink.leaveOut("third_party_invite of invitations whose ids do not cover it") }
    }

    static func string(_ bytes: Span<UInt8>) -> String {
        JSONScanner.text(bytes)
    }

    private func event(
        _ facts: EventFacts, _ content: ContentParts, _ eventID: Span<UInt8>, _ roomID: Span<UInt8>,
        _ json: Span<UInt8>,
        _ sink: inout RowSink
    ) throws(RejectedRow) {
        try sink.append(to: EventTables.events) { row throws(RejectedRow) in
            row.write(facts.streamOrdering)
            row.write(facts.topologicalOrdering)
            row.write(facts.topologicalOrdering)
            row.write(eventID)
            try text(json, reader.type, "type", facts, eventID, &row)
            row.write(roomID)
            try text(json, reader.sender, "sender", facts, eventID, &row)
            if let stateKey = reader.stateKey {
                try text(json, stateKey, "state_key", facts, eventID, &row)
            } else {
                row.writeNull()
            }
            row.write(true)
            row.write(facts.isOutlier)
            row.write(reader.originServerTimestamp)
            row.write(facts.receivedTimestamp ?? min(reader.originServerTimestamp, now))
            row.write(content.containsURL)
            row.write("master")
            if facts.isRejected { row.write("auth_error") } else { row.writeNull() }
        }
    }

    private func state(
        _ stateKey: Range<Int>, _ facts: EventFacts, _ eventID: Span<UInt8>, _ roomID: Span<UInt8>,
        _ json: Span<UInt8>, _ sink: inout RowSink
    ) throws(RejectedRow) {
        try sink.append(to: EventTables.stateEvents) { row throws(RejectedRow) in
            row.write(eventID)
            row.write(roomID)
            try text(json, reader.type, "type", facts, eventID, &row)
            try text(json, stateKey, "state_key", facts, eventID, &row)
        }
    }

    private func body(
        _ facts: EventFacts, _ device: SendingDevice?, _ eventID: Span<UInt8>, _ roomID: Span<UInt8>,
        _ json: Span<UInt8>, _ sink: inout RowSink
    ) {
        sink.append(to: EventTables.eventJSON) { row in
            row.write(eventID)
            row.write(roomID)
            row.writeText { row in metadata(facts, device, json, to: &row) }
            row.writeText { row in
                row.piece("{")
                for run in reader.carried {
                    if let dropped, run.contains(dropped.lowerBound) {
                        row.piece(json.extracting(run.lowerBound..<dropped.lowerBound))
                        row.piece(json.extracting(dropped.upperBound..<run.upperBound))
                    } else {
                        row.piece(json.extracting(run))
                    }
                    row.piece(",")
                }
                if let redacts = facts.redactsAgain {
                    row.piece("\"redacts\":")
                    Self.literal(Array(redacts.utf8).span, &row)
                    row.piece(",")
                }
                row.piece("\"unsigned\":{")
                stripped("invite_room_state", facts.strippedState, json, &row)
                stripped("knock_room_state", nil, json, &row)
                if let replaced = facts.replacedEventID {
                    row.piece("\"replaces_state\":")
                    Self.literal(Array(replaced.utf8).span, &row)
                    row.piece(",")
                }
                row.piece("\"age_ts\":")
                row.piece(String(reader.originServerTimestamp))
                row.piece("}}")
            }
            row.write(facts.version.eventFormat)
        }
    }

    /// A member of `unsigned` that Synapse keeps, where it is a list, unless the event was redacted.
    private func stripped(
        _ name: StaticString, _ fallback: [UInt8]?, _ json: Span<UInt8>, _ row: inout CopyBuffer
    ) {
        var own: Range<Int>?
        if let unsigned = reader.unsigned {
            if JSONScanner.member("redacted_by", of: json, in: unsigned) != nil { return }
            own = JSONScanner.member(name, of: json, in: unsigned)
        }
        if let own {
            guard JSONScanner.isArray(json, own) else { return }
            Self.stripped(name, json, own, &row)
        } else if let fallback {
            Self.stripped(name, fallback.span, 0..<fallback.count, &row)
        }
    }

    private static func stripped(
        _ name: StaticString, _ json: Span<UInt8>, _ list: Range<Int>, _ row: inout CopyBuffer
    ) {
        row.piece("\"")
        row.piece(name)
        row.piece("\":")
        if let usable = StrippedState.usable(json, of: list) {
            row.piece("[")
            for (index, element) in usable.enumerated() {
                if index > 0 { row.piece(",") }
                row.piece(json.extracting(element))
            }
            row.piece("]")
        } else {
            row.piece(json.extracting(list))
        }
        row.piece(",")
    }

    /// `internal_metadata`, in pieces: most events have none.
    private func metadata(_ facts: EventFacts, _ device: SendingDevice?, _ json: Span<UInt8>, to row: inout CopyBuffer)
    {
        var isFirst = true
        func member(_ text: StaticString) {
            row.piece(isFirst ? "{" : ",")
            row.piece(text)
            isFirst = false
        }
        if facts.isOutOfBand { member("\"out_of_band_membership\":true") }
        if facts.isOutlier { member("\"outlier\":true") }
        if facts.isSoftFailed { member("\"soft_failed\":true") }
        if facts.needsRecheck { member("\"recheck_redaction\":true") }
        if let transaction = facts.transaction, let device, JSONScanner.isText(json, reader.sender, device.userID) {
            member("\"device_id\":")
            row.piece(device.literal)
            row.piece(",\"txn_id\":")
            timeline.withText(of: transaction) { Self.literal($0, &row) }
        }
        row.piece(isFirst ? "{}" : "}")
    }

    /// A JSON string of a text in UTF-8, which as a rule needs no escapes.
    private static func literal(_ text: Span<UInt8>, _ row: inout CopyBuffer) {
        guard JSONScanner.needsNoEscape(text) else { return row.piece(JSONScanner.literal(text)) }
        row.piece("\"")
        row.piece(text)
        row.piece("\"")
    }

    /// A client that never got the answer to its last sending sends again, and must get the same event, not a second one.
    ///
    /// Synapse forgets the row a day after inserted_ts. Of two events for one transaction the later one counts.
    private func transaction(
        _ facts: EventFacts, _ device: SendingDevice?, _ eventID: Span<UInt8>, _ roomID: Span<UInt8>,
        _ sink: inout RowSink
    ) {
        guard let transaction = facts.transaction, !facts.isRepeated else { return }
        guard let device, device.isCarried else {
            sink.leaveOut("transaction ids of devices that are gone")
            return
        }
        let others = roomID.count + device.userID.count + device.deviceID.count
        guard timeline.withText(of: transaction, { $0.count }) + others <= Self.longestIndexEntry else {
            sink.leaveOut("transaction ids that are too long")
            return
        }
        sink.append(to: EventTables.transactions) { row in
            row.write(eventID)
            row.write(roomID)
            row.write(device.userID)
            row.write(device.deviceID)
            timeline.withText(of: transaction) { row.write($0) }
            row.write(now)
        }
    }

    /// Writes a JSON string (with its quotes) as text.
    private func text(
        _ json: Span<UInt8>, _ value: Range<Int>, _ column: String, _ facts: EventFacts, _ eventID: Span<UInt8>,
        _ row: inout CopyBuffer
    ) throws(RejectedRow) {
        let inside = (value.lowerBound + 1)..<(value.upperBound - 1)
        if JSONScanner.isPlain(json, inside) {
            row.write(json.extracting(inside))
        } else {
            let decoded = JSONScanner.unescaped(json, inside)
            guard !decoded.contains(0) else {
                throw RejectedRow(key: Self.string(eventID), column: column, reason: "holds U+0000")
            }
            // Dendrite hashes U+001B as \u001B, others as \u001b; Synapse answers no request that meets an event whose id
            // does not follow from it.
            if decoded.contains(where: { $0 < 0x20 }), Self.isMisnamed(json, Self.string(eventID), facts.version) {
                throw RejectedRow(
                    key: Self.string(eventID), column: column,
                    reason: "holds a control character, and its id does not follow from it")
            }
            row.write(decoded)
        }
    }

    /// Whether no row can be written for an event, because of its type, key and sender.
    static func isUnfit(_ json: Span<UInt8>, _ eventID: String, _ version: RoomVersion, texts: String) -> Bool {
        guard texts.utf8.contains(where: { $0 < 0x20 }) else { return false }
        return texts.utf8.contains(0) || isMisnamed(json, eventID, version)
    }

    /// Whether an event's id is not the one that others compute from what it says.
    private static func isMisnamed(_ json: Span<UInt8>, _ eventID: String, _ version: RoomVersion) -> Bool {
        guard let hash = ReferenceHash(version), let event = CanonicalJSON(reading: Array(json, 0..<json.count)) else {
            return false
        }
        return (try? hash.eventID(of: event)) != eventID
    }
}
