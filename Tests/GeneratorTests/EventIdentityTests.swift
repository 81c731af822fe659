// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Generator
import TestSupport
import Testing

/// Computes ids and hashes from the Matrix specification with Foundation's JSON, beside the generator's own way.
@Suite("A generated event", .temporaryDatabase)
struct EventIdentityTests {
    @Test("has the id and the hash that any other server computes", arguments: ["10", "11", "12"])
    func identity(version: String) async throws {
        var settings = GeneratedServer.smallSettings
        settings.events = 1500
        settings.rooms = 12
        settings.roomVersions = [version]
        try await Homeserver.generate(settings, into: TemporaryDatabase.conninfo)
        let server = try GeneratedServer(conninfo: TemporaryDatabase.conninfo)
        #expect(server.events.count >= 1500)
        for event in server.events.values {
            #expect(event.json == Self.canonical(event.members), "event \(event.number) is not canonical")
            let hash = try SHA256.digest(Self.canonical(Self.redacted(event.members, version)))
            #expect(event.id == "$" + Base64.encode(hash.bytes, .urlSafe), "event \(event.number)")
            guard event.members["unsigned"] == nil else { continue }
            var hashed = event.members
            for key in ["hashes", "signatures", "unsigned"] { hashed[key] = nil }
            let stated = event.members["hashes"] as? [String: String]
            #expect(stated?["sha256"] == Base64.encode(try SHA256.digest(Self.canonical(hashed)).bytes))
        }
    }

    @Test("bears its server's signature if asked to")
    func signature() async throws {
        var settings = GeneratedServer.smallSettings
        settings.events = 300
        settings.rooms = 3
        settings.federatedRooms = 0
        settings.remoteUsers = 0
        settings.signsEvents = true
        let key = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).pem")
        defer { try? FileManager.default.removeItem(at: key) }
        try await Homeserver.generate(settings, into: TemporaryDatabase.conninfo, signingKey: key)
        let lines = try String(contentsOf: key, encoding: .utf8).split(separator: "\n")
        #expect(lines[0] == "-----BEGIN MATRIX PRIVATE KEY-----")
        #expect(lines[1] == "Key-ID: ed25519:auto")
        let seed = try #require(Data(base64Encoded: String(lines[2])))
        let publicKey = try Ed25519.publicKey(seed: [UInt8](seed))
        let server = try GeneratedServer(conninfo: TemporaryDatabase.conninfo)
        for event in server.events.values {
            let signatures = event.members["signatures"] as? [String: [String: String]]
            let text = try #require(signatures?["example.org"]?["ed25519:auto"])
            let signature = try #require(Base64.decode(text))
            let signed = Self.canonical(Self.redacted(event.members, server.versions[event.room] ?? ""))
            #expect(try Ed25519.isValid(signature: signature, of: Array(signed.utf8), publicKey: publicKey))
        }
    }

    /// Canonical JSON of what these events hold: no floats, no control characters but escaped ones.
    static func canonical(_ object: [String: Any]) -> String {
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? JSONSerialization.data(withJSONObject: object, options: options) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// The event after redaction by the rules of its room version, without signatures.
    static func redacted(_ event: [String: Any], _ version: String) -> [String: Any] {
        let isOld = version == "10"
        var kept: Set = [
            "type", "room_id", "sender", "state_key", "content", "hashes", "depth", "prev_events", "auth_events",
            "origin_server_ts",
        ]
        if isOld { kept.formUnion(["origin", "prev_state", "membership"]) }
        var result = event.filter { kept.contains($0.key) }
        let content = event["content"] as? [String: Any] ?? [:]
        let keys: Set<String> =
            switch event["type"] as? String {
            case "m.room.member": ["membership", "join_authorised_via_users_server"]
            case "m.room.create": isOld ? ["creator"] : Set(content.keys)
            case "m.room.join_rules": ["join_rule", "allow"]
            case "m.room.power_levels":
                Set([
                    "ban", "events", "events_default", "kick", "redact", "state_default", "users", "users_default",
                ]).union(isOld ? [] : ["invite"])
            case "m.room.history_visibility": ["history_visibility"]
            case "m.room.redaction": isOld ? [] : ["redacts"]
            default: []
            }
        result["content"] = content.filter { keys.contains($0.key) }
        return result
    }
}
