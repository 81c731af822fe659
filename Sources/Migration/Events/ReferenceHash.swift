// SPDX-License-Identifier: Apache-2.0
import Digest

/// The id of an event as everybody computes it from what the event says (Matrix specification, server-server API,
/// "Calculating the reference hash for an event", and each room version's "Redactions").
struct ReferenceHash {
    private let version: Int

    /// nil for versions whose events are not named by their hash, and for versions that are not known here.
    init?(_ version: RoomVersion) {
        let number = version.name == "org.matrix.hydra.11" ? 12 : Int(version.name) ?? 0
        guard (3...12).contains(number) else { return nil }
        self.version = number
    }

    /// The event's id; nil if it is not an object.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    func eventID(of event: CanonicalJSON) throws(DigestError) -> String? {
        guard let kept = redacted(event) else { return nil }
        let digest = try SHA256.digest(kept.bytes)
        return "$" + Base64.encode(digest.bytes, version == 3 ? .standard : .urlSafe)
    }

    /// What redaction leaves, without signatures.
    private func redacted(_ event: CanonicalJSON) -> CanonicalJSON? {
        guard let members = event.members else { return nil }
        var names: Set = [
            "type", "room_id", "sender", "state_key", "content", "hashes", "depth", "prev_events", "auth_events",
            "origin_server_ts",
        ]
        if version < 11 { names.formUnion(["prev_state", "origin", "membership"]) }
        var kept = members.filter { name, _ in CanonicalJSON.text(name).map(names.contains) ?? false }
        kept[Array("content".utf8)] = content(event["content"] ?? .object([:]), of: event["type"]?.text ?? "")
        return .object(kept)
    }

    private func content(_ content: CanonicalJSON, of type: String) -> CanonicalJSON {
        guard let members = content.members else { return .object([:]) }
        if version >= 11, type == "m.room.create" { return content }
        let names = keptNames(of: type)
        var kept = members.filter { name, _ in CanonicalJSON.text(name).map(names.contains) ?? false }
        if version >= 11, type == "m.room.member", let proof = content["third_party_invite"]?.members {
            // Synapse keeps an empty one where nothing is signed.
            kept[Array("third_party_invite".utf8)] = .object(proof.filter { $0.key == Array("signed".utf8) })
        }
        return .object(kept)
    }

    private func keptNames(of type: String) -> Set<String> {
        switch type {
        case "m.room.member": version >= 9 ? ["membership", "join_authorised_via_users_server"] : ["membership"]
        case "m.room.create": ["creator"]
        case "m.room.join_rules": version >= 8 ? ["join_rule", "allow"] : ["join_rule"]
        case "m.room.power_levels":
            Set(
                [
                    "ban", "events", "events_default", "kick", "redact", "state_default", "users", "users_default",
                ] + (version >= 11 ? ["invite"] : []))
        case "m.room.aliases": version < 6 ? ["aliases"] : []
        case "m.room.history_visibility": ["history_visibility"]
        case "m.room.redaction": version >= 11 ? ["redacts"] : []
        default: []
        }
    }
}
