// SPDX-License-Identifier: Apache-2.0
import Digest

/// Writes events as canonical JSON with true hashes and finds their ids.
///
/// The id of an event is the SHA-256 of its redacted form (Matrix specification, server-server API, "Calculating the
/// reference hash for an event"); a receiver computes it again and knows the event by no other name.
struct EventText {
    /// The event's text, id and redacted form.
    struct Written {
        let id: [UInt8]
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
    /// Kept between events, as the next two, so that their memory is used again.
    private var text: [UInt8] = []
    private var redacted: [UInt8] = []
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
        let contentHash = try SHA256.digest(text).bytes
        hashes.removeAll(keepingCapacity: true)
        hashes.append("\"hashes\":{\"sha256\":\"")
        Base64.append(contentHash, to: &hashes, .standard)
        hashes.append("\"},")

        composeRedacted(draft, places)
        let signaturePlace = redacted.count
        redacted += text[places.end...]
        var id: [UInt8] = []
        id.reserveCapacity(44)
        id.append("$")
        Base64.append(try SHA256.digest(redacted).bytes, to: &id, .urlSafe)
        try sign(draft, contentHash: contentHash)

        var json: [UInt8] = []
        json.reserveCapacity(text.count + hashes.count + signatures.count)
        json += text[..<places.origin]
        json += hashes
        json += text[places.origin..<places.end]
        json += signatures
        json += text[places.end...]
        guard draft.isDoomed else { return Written(id: id, json: json, redacted: []) }
        let left = redacted[..<signaturePlace] + signatures + text[places.end..<(text.count - 1)]
        return Written(id: id, json: json, redacted: Array(left))
    }

    /// Writes everything but hashes and signatures, in the order of canonical JSON.
    private mutating func compose(_ draft: EventDraft, room: [UInt8]) -> Places {
        var places = Places()
        text.removeAll(keepingCapacity: true)
        text.append("{\"auth_events\":")
        append(draft.authorization)
        text.append(",\"content\":")
        places.content = text.count
        text += draft.content
        places.depth = text.count
        text.append(",\"depth\":")
        text.append(decimal: draft.depth)
        text.append(",")
        places.origin = text.count
        text.append("\"origin\":\"")
        text += population.serverName(of: draft.sender)
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
        if let redacts = draft.redacts { append("\"redacts\":\"", redacts) }
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
        redacted.removeAll(keepingCapacity: true)
        redacted += text[..<places.content]
        redacted += draft.redactedContent
        redacted += text[places.depth..<places.origin]
        redacted += hashes
        if version.redactionKeepsOrigin {
            redacted += text[places.origin..<places.redacts]
        } else {
            redacted += text[places.graph..<places.previousState]
        }
        redacted += text[places.room..<places.end]
    }

    private mutating func sign(_ draft: EventDraft, contentHash: [UInt8]) throws(DigestError) {
        signatures.removeAll(keepingCapacity: true)
        signatures.append("\"signatures\":{\"")
        signatures += population.serverName(of: draft.sender)
        signatures.append("\":{\"")
        signatures.append(population.keyName(of: draft.sender))
        signatures.append("\":\"")
        if let seed = population.signingSeed, population.isLocal(draft.sender) {
            Base64.append(try Ed25519.sign(redacted, seed: seed), to: &signatures, .standard)
        } else {
            Base64.append(contentHash + contentHash, to: &signatures, .standard)
        }
        signatures.append("\"}},")
    }

    private mutating func append(_ opening: String, _ value: [UInt8]) {
        text.append(opening)
        text += value
        text.append("\",")
    }

    private mutating func append(_ events: [EventReference]) {
        text.append("[")
        for (position, event) in events.enumerated() {
            text.append(position > 0 ? ",\"" : "\"")
            text += event.id
            text.append("\"")
        }
        text.append("]")
    }
}
