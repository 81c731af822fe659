// SPDX-License-Identifier: Apache-2.0

/// Contents of events as canonical JSON: keys in order, no blanks.
enum Content {
    static func text(_ body: ArraySlice<UInt8>) -> [UInt8] {
        bytes("{\"body\":\"", body, "\",\"msgtype\":\"m.text\"}")
    }

    static func formatted(_ body: ArraySlice<UInt8>) -> [UInt8] {
        var json = bytes("{\"body\":\"", body, "\",\"format\":\"org.matrix.custom.html\",\"formatted_body\":\"<p>")
        json += body
        json.append("</p>\",\"m.mentions\":{},\"msgtype\":\"m.text\"}")
        return json
    }

    static func image(_ name: ArraySlice<UInt8>, url: String, bytes size: Int) -> [UInt8] {
        bytes(
            "{\"body\":\"", name,
            """
            ","info":{"h":64,"mimetype":"image/png","size":\(size),"w":64},"msgtype":"m.image","url":"\(url)"}
            """)
    }

    static func thread(_ body: ArraySlice<UInt8>, root: EventID) -> [UInt8] {
        var json = bytes("{\"body\":\"", body, "\",\"m.relates_to\":{\"event_id\":\"")
        json += root
        json.append("\",\"is_falling_back\":true,\"m.in_reply_to\":{\"event_id\":\"")
        json += root
        json.append("\"},\"rel_type\":\"m.thread\"},\"msgtype\":\"m.text\"}")
        return json
    }

    static func edit(_ body: ArraySlice<UInt8>, of target: EventID) -> [UInt8] {
        var json = bytes("{\"body\":\"* ", body, "\",\"m.new_content\":{\"body\":\"")
        json += body
        json.append("\",\"msgtype\":\"m.text\"},\"m.relates_to\":{\"event_id\":\"")
        json += target
        json.append("\",\"rel_type\":\"m.replace\"},\"msgtype\":\"m.text\"}")
        return json
    }

    static func reaction(_ key: String, to target: EventID) -> [UInt8] {
        bytes(
            "{\"m.relates_to\":{\"event_id\":\"", target.bytes[...],
            "\",\"key\":\"\(key)\",\"rel_type\":\"m.annotation\"}}")
    }

    static func encrypted(_ ciphertext: ArraySlice<UInt8>, device: [UInt8], session: ArraySlice<UInt8>) -> [UInt8] {
        var json = bytes("{\"algorithm\":\"m.megolm.v1.aes-sha2\",\"ciphertext\":\"", ciphertext, "\",\"device_id\":\"")
        json += device
        json.append("\",\"sender_key\":\"")
        json += session
        json.append("\",\"session_id\":\"")
        json += session
        json.append("\"}")
        return json
    }

    static func member(_ membership: Membership, name: String? = nil, avatar: String? = nil) -> [UInt8] {
        var members: [String] = []
        if let avatar { members.append("\"avatar_url\":\"\(avatar)\"") }
        if let name { members.append("\"displayname\":\"\(name)\"") }
        members.append("\"membership\":\"\(membership.rawValue)\"")
        return Array("{\(members.joined(separator: ","))}".utf8)
    }

    static func create(_ version: RoomVersion, creator: [UInt8]) -> [UInt8] {
        let named = version.namesCreator ? "\"creator\":\"\(String(decoding: creator, as: UTF8.self))\"," : ""
        return Array("{\(named)\"room_version\":\"\(version.rawValue)\"}".utf8)
    }

    /// What redaction leaves of m.room.create: everything, since room version 11.
    static func redactedCreate(_ version: RoomVersion, creator: [UInt8]) -> [UInt8] {
        version.namesCreator
            ? bytes("{\"creator\":\"", creator[...], "\"}") : create(version, creator: creator)
    }

    /// The creator rules alone; where creators outrank everybody, they may not be listed.
    static func powerLevels(_ version: RoomVersion, creator: [UInt8], isRedacted: Bool = false) -> [UInt8] {
        let users = version.idIsCreateEvent ? "" : "\"\(String(decoding: creator, as: UTF8.self))\":100"
        let tombstone = version.idIsCreateEvent ? 150 : 100
        let keepsInvite = !isRedacted || version.redactsInContent
        return Array(
            """
            {"ban":50,"events":{"m.room.avatar":50,"m.room.canonical_alias":50,"m.room.encryption":100,\
            "m.room.history_visibility":100,"m.room.name":50,"m.room.power_levels":100,"m.room.server_acl":100,\
            "m.room.tombstone":\(tombstone)},"events_default":0,\(keepsInvite ? "\"invite\":0," : "")"kick":50,\
            \(isRedacted ? "" : "\"notifications\":{\"room\":50},")"redact":50,"state_default":50,\
            "users":{\(users)},"users_default":0}
            """.utf8)
    }

    /// An object with one member that is a string.
    static func object(_ key: String, _ value: [UInt8]) -> [UInt8] {
        bytes("{\"\(key)\":\"", value[...], "\"}")
    }

    static func object(_ key: String, _ value: String) -> [UInt8] { object(key, Array(value.utf8)) }

    static let empty = Array("{}".utf8)

    private static func bytes(_ before: String, _ value: ArraySlice<UInt8>, _ after: String) -> [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(before.utf8.count + 2 * value.count + after.utf8.count + 160)
        json.append(contentsOf: before.utf8)
        json += value
        json.append(contentsOf: after.utf8)
        return json
    }
}
