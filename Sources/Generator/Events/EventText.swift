// SPDX-License-Identifier: Apache-2.0
import Digest
import Postgres

/// Writes events as canonical JSON with true hashes and finds their ids.
///
/// The id of an event is the SHA-256 of its redacted form (Matrix specification, server-server API, "Calculating the
/// reference hash for an event"); a receiver computes it again and knows the event by no other name.
struct EventText: ~Copyable {
    /// The event's text, id and redacted form.
    struct Written {
        let id: EventID
        let json: [UInt8]
        /// What is left when the event is redacted, without `unsigned` and the closing brace; empty where nobody
        /// will.
        let redacted: [UInt8]
    }

    /// Where the parts of an event begin in the text that its content hash covers.
    private struct Places {
        var content = 0
        var depth = 0
        var origin = 0
        var graph = 0
        var previousState = 0
        var redacts = 0
        var room = 0
        var end = 0
    }

    let version: RoomVersion
    let population: Population
    /// All but hashes and signatures.
    ///
    /// Kept between events, as the others, so that their memory is used again.
    private var text = TextBuffer()
    private var redacted = TextBuffer()
    private var whole = TextBuffer()
    private var hashes: [UInt8] = []
    private var signatures: [UInt8] = []

    init(version: RoomVersion, population: Population) {
        self.version = version
        self.population = population
    }

    /// Writes an event.
    ///
    /// - Parameters:
    ///   - draft: the event as its sender thinks of it.
    ///   - room: the room's id; empty where the event founds a room whose id it is.
    /// - Returns: the event's id and text.
    /// - Throws: ``DigestError`` if libcrypto refuses.
    mutating func write(_ draft: EventDraft, room: [UInt8]) throws(DigestError) -> Written {
        let places = compose(draft, room: room)
        let contentHash = try SHA256.digest(text.span).bytes
        hashes.removeAll(keepingCapacity: true)
        hashes.append("\"hashes\":{\"sha256\":\"")
        Base64.append(contentHash, to: &hashes, .standard)
        hashes.append("\"},")

        composeRedacted(draft, places)
        let signaturePlace = redacted.count
        redacted.append(text, places.end..<text.count)
        let id = EventID(hash: try SHA256.digest(redacted.span).bytes)
        try sign(draft, contentHash: contentHash)

        whole.removeAll()
        whole.append(text, 0..<places.origin)
        whole.append(hashes)
        whole.append(text, places.origin..<places.end)
        whole.append(signatures)
        whole.append(text, places.end..<text.count)
        let json = whole.bytes
        guard draft.isDoomed else { return Written(id: id, json: json, redacted: []) }
        whole.removeAll()
        whole.append(redacted, 0..<signaturePlace)
        whole.append(signatures)
        whole.append(text, places.end..<(text.count - 1))
        return Written(id: id, json: json, redacted: whole.bytes)
    }

    /// Writes everything but hashes and signatures, in the order of canonical JSON.
    private mutating func compose(_ draft: EventDraft, room: [UInt8]) -> Places {
        var places = Places()
        text.removeAll()
        text.append("{\"auth_events\":")
        append(draft.authorization)
        text.append(",\"content\":")
        places.content = text.count
        text.append(draft.content)
        places.depth = text.count
        text.append(",\"depth\":")
        text.append(decimal: draft.depth)
        text.append(",")
        places.origin = text.count
        text.append("\"origin\":\"")
        text.append(population.serverName(of: draft.sender))
        text.append("\",")
        places.graph = text.count
        text.append("\"origin_server_ts\":")
        text.append(decimal: draft.time)
        text.append(",\"prev_events\":")
        append(draft.previous)
        text.append(",")
        places.previousState = text.count
        if draft.isState { text.append("\"prev_state\":[],") }
        places.redacts = text.count
        if let redacts = draft.redacts {
            text.append("\"redacts\":\"")
            text.append(redacts.span)
            text.append("\",")
        }
        places.room = text.count
        if !room.isEmpty { append("\"room_id\":\"", room) }
        append("\"sender\":\"", population.userID(draft.sender))
        places.end = text.count
        if draft.isState { append("\"state_key\":\"", draft.member.map(population.userID) ?? []) }
        text.append("\"type\":\"")
        text.append(draft.type.rawValue)
        text.append("\"}")
        return places
    }

    /// Writes what redaction leaves, hashes included, up to the place of the signatures.
    private mutating func composeRedacted(_ draft: EventDraft, _ places: Places) {
        redacted.removeAll()
        redacted.append(text, 0..<places.content)
        redacted.append(draft.redactedContent)
        redacted.append(text, places.depth..<places.origin)
        redacted.append(hashes)
        if version.redactionKeepsOrigin {
            redacted.append(text, places.origin..<places.redacts)
        } else {
            redacted.append(text, places.graph..<places.previousState)
        }
        redacted.append(text, places.room..<places.end)
    }

    private mutating func sign(_ draft: EventDraft, contentHash: [UInt8]) throws(DigestError) {
        signatures.removeAll(keepingCapacity: true)
        signatures.append("\"signatures\":{\"")
        signatures += population.serverName(of: draft.sender)
        signatures.append("\":{\"")
        signatures.append(population.keyName(of: draft.sender))
        signatures.append("\":\"")
        if let seed = population.signingSeed, population.isLocal(draft.sender) {
            Base64.append(try Ed25519.sign(redacted.bytes, seed: seed), to: &signatures, .standard)
        } else {
            Base64.append(contentHash + contentHash, to: &signatures, .standard)
        }
        signatures.append("\"}},")
    }

    private mutating func append(_ opening: String, _ value: [UInt8]) {
        text.append(opening)
        text.append(value)
        text.append("\",")
    }

    private mutating func append(_ events: [EventReference]) {
        text.append("[")
        for position in events.indices {
            text.append(position > 0 ? ",\"" : "\"")
            text.append(events[position].id.span)
            text.append("\"")
        }
        text.append("]")
    }
}
