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
        /// What is left when the event is redacted, without `unsigned` and the closing brace.
        let redacted: [UInt8]
    }

    let version: RoomVersion
    let population: Population
    private var hashed: [UInt8] = []
    private var reference: [UInt8] = []

    init(version: RoomVersion, population: Population) {
        self.version = version
        self.population = population
    }

    /// - Parameter room: the room's id; empty where the event founds a room whose id it is.
    mutating func write(_ draft: EventDraft, room: [UInt8]) throws(DigestError) -> Written {
        let server = population.serverName(of: draft.sender)
        // The parts in the order of canonical JSON. Which of them count depends on what is hashed.
        let head = opening(draft)
        var origin = Array("\"origin\":\"".utf8)
        origin += server
        origin += Array("\",".utf8)
        let graph = graph(draft)
        let previousState = draft.isState ? Array("\"prev_state\":[],".utf8) : []
        let redacts = redactedEvent(draft)
        let place = place(draft, room: room)
        let end = ending(draft)

        hashed.removeAll(keepingCapacity: true)
        hashed += head
        hashed += draft.content
        let depth = Array(",\"depth\":\(draft.depth),".utf8)
        hashed += depth
        for part in [origin, graph, previousState, redacts, place, end] { hashed += part }
        let contentHash = Array(Base64.encode(try SHA256.digest(hashed).bytes).utf8)
        let hashes = Self.hashesOpening + contentHash + Self.hashesEnd

        reference.removeAll(keepingCapacity: true)
        reference += head
        reference += draft.redactedContent
        reference += depth
        reference += hashes
        if version.redactionKeepsOrigin { reference += origin }
        reference += graph
        if version.redactionKeepsOrigin { reference += previousState }
        reference += place
        let signaturesStart = reference.count
        reference += end
        let id = Self.dollar + Array(Base64.encode(try SHA256.digest(reference).bytes, .urlSafe).utf8)
        let signatures = try signatures(draft, server: server, contentHash: contentHash)

        var json: [UInt8] = []
        json.reserveCapacity(hashed.count + hashes.count + signatures.count)
        json += head
        json += draft.content
        json += depth
        json += hashes
        for part in [origin, graph, previousState, redacts, place, signatures, end] { json += part }

        var redacted: [UInt8] = []
        if draft.isRedactable {
            redacted += reference[..<signaturesStart]
            redacted += signatures
            redacted += end.dropLast()
        }
        return Written(id: id, json: json, redacted: redacted)
    }

    private static let dollar = Array("$".utf8)
    private static let hashesOpening = Array("\"hashes\":{\"sha256\":\"".utf8)
    private static let hashesEnd = Array("\"},".utf8)
    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")

    private func opening(_ draft: EventDraft) -> [UInt8] {
        var text = Array("{\"auth_events\":".utf8)
        Self.append(draft.authorization, to: &text)
        text += Array(",\"content\":".utf8)
        return text
    }

    private func graph(_ draft: EventDraft) -> [UInt8] {
        var text = Array("\"origin_server_ts\":\(draft.time),\"prev_events\":".utf8)
        Self.append(draft.previous, to: &text)
        text.append(Self.comma)
        return text
    }

    private func redactedEvent(_ draft: EventDraft) -> [UInt8] {
        guard let redacts = draft.redacts else { return [] }
        return Array("\"redacts\":\"".utf8) + redacts + Array("\",".utf8)
    }

    private func place(_ draft: EventDraft, room: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        if !room.isEmpty {
            text += Array("\"room_id\":\"".utf8)
            text += room
            text += Array("\",".utf8)
        }
        text += Array("\"sender\":\"".utf8)
        text += population.userID(draft.sender)
        text += Array("\",".utf8)
        return text
    }

    private func ending(_ draft: EventDraft) -> [UInt8] {
        var text: [UInt8] = []
        if draft.isState {
            text += Array("\"state_key\":\"".utf8)
            if let member = draft.member { text += population.userID(member) }
            text += Array("\",".utf8)
        }
        text += Array("\"type\":\"".utf8)
        text += draft.type.bytes
        text += Array("\"}".utf8)
        return text
    }

    private func signatures(
        _ draft: EventDraft, server: [UInt8], contentHash: [UInt8]
    ) throws(DigestError) -> [UInt8] {
        var text = Array("\"signatures\":{\"".utf8)
        text += server
        text += Array("\":{\"".utf8)
        text += Array(population.keyName(of: draft.sender).utf8)
        text += Array("\":\"".utf8)
        if let seed = population.signingSeed, population.isLocal(draft.sender) {
            text += Array(Base64.encode(try Ed25519.sign(reference, seed: seed)).utf8)
        } else {
            // 64 bytes are 86 characters, of which the last stands for two bits only.
            text += contentHash
            text += contentHash.dropLast()
            text.append(UInt8(ascii: "A"))
        }
        text += Array("\"}},".utf8)
        return text
    }

    private static func append(_ events: [EventReference], to text: inout [UInt8]) {
        text.append(UInt8(ascii: "["))
        for (position, event) in events.enumerated() {
            if position > 0 { text.append(comma) }
            text.append(quote)
            text += event.id
            text.append(quote)
        }
        text.append(UInt8(ascii: "]"))
    }
}

extension EventDraft {
    /// Whether the generator may redact it: only what users say is.
    var isRedactable: Bool { type == .message || type == .encrypted }
}
