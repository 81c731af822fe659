// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Where account data goes in Synapse: by whether it is a room's, and apart for the types that have tables of their own.
enum AccountDataTables {
    static let ofUser = Table(
        "account_data", .text("user_id"), .text("account_data_type"), .bigint("stream_id"), .text("content"),
        .text("instance_name"))
    static let ofRoom = Table(
        "room_account_data", .text("user_id"), .text("room_id"), .text("account_data_type"), .bigint("stream_id"),
        .text("content"), .text("instance_name"))
    static let tags = Table("room_tags", .text("user_id"), .text("room_id"), .text("tag"), .text("content"))
    static let tagRevisions = Table(
        "room_tags_revisions", .text("user_id"), .text("room_id"), .bigint("stream_id"), .text("instance_name"))
    static let ignoredUsers = Table("ignored_users", .text("ignorer_user_id"), .text("ignored_user_id"))

    /// Types whose content Synapse reads itself, and falls over where it is no object.
    private static let readBySynapse: Set = [
        "m.tag", "m.direct", "m.ignored_user_list", "m.fully_read", "m.invite_permission_config",
        "org.matrix.msc4155.invite_permission_config", "io.element.synapse.admin_client_config",
    ]

    /// Adds one row of account data: user, room ('' for none), type, content, position.
    static func add(_ row: borrowing SourceRow, to sink: inout RowSink) {
        var fields = row.fields
        guard let user = fields.string(), let room = fields.string(), let type = fields.string(),
            let content = fields.string(), let position = fields.int64()
        else { return sink.leaveOutIncompleteRow() }
        guard let value = CanonicalJSON(reading: Array(content.utf8)) else {
            return sink.leaveOut("account data that is not JSON")
        }
        if readBySynapse.contains(type), value.members == nil {
            return sink.leaveOut("account data that is not a JSON object")
        }
        if room.isEmpty {
            sink.append(to: ofUser) {
                $0.write(user)
                $0.write(type)
                $0.write(position)
                $0.write(content)
                $0.write("master")
            }
            if type == "m.ignored_user_list" { addIgnored(value, by: user, to: &sink) }
        } else if type == "m.tag" {
            addTags(value, by: user, on: room, to: &sink)
            sink.append(to: tagRevisions) {
                $0.write(user)
                $0.write(room)
                $0.write(position)
                $0.write("master")
            }
        } else {
            sink.append(to: ofRoom) {
                $0.write(user)
                $0.write(room)
                $0.write(type)
                $0.write(position)
                $0.write(content)
                $0.write("master")
            }
        }
    }

    private static func addTags(_ value: CanonicalJSON, by user: String, on room: String, to sink: inout RowSink) {
        let parts = partsWithoutPlace(in: value)
        if parts > 0 { sink.leaveOut("parts of room tags that are no tags or no details of one", parts) }
        for (name, detail) in tags(in: value) {
            guard let name = CanonicalJSON.text(name) else {
                sink.leaveOut("tags whose name PostgreSQL cannot hold")
                continue
            }
            guard user.utf8.count + room.utf8.count + name.utf8.count <= EventWriter.longestIndexEntry else {
                sink.leaveOut("tags whose name is too long for PostgreSQL's indexes")
                continue
            }
            sink.append(to: tags) {
                $0.write(user)
                $0.write(room)
                $0.write(name)
                $0.write(detail.bytes)
            }
        }
    }

    /// How much of an `m.tag` content Synapse has no place for: other members, and what is neither an object nor null in a
    /// tag's place.
    static func partsWithoutPlace(in content: CanonicalJSON) -> Int {
        let name = Array("tags".utf8)
        let others = (content.members ?? [:]).keys.count { $0 != name }
        guard let tags = content["tags"] else { return others }
        guard let members = tags.members else { return others + 1 }
        return others + members.values.count { $0.members == nil && !$0.isNull }
    }

    /// The tags of an `m.tag` content in the order of their names; what is no object in a tag's place counts as an empty one.
    static func tags(in content: CanonicalJSON) -> [(name: [UInt8], detail: CanonicalJSON)] {
        (content["tags"]?.members ?? [:])
            .map { ($0.key, $0.value.members == nil ? .object([:]) : $0.value) }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
    }

    private static func addIgnored(_ value: CanonicalJSON, by user: String, to sink: inout RowSink) {
        for other in ignoredUsers(in: value) where other != user {
            guard user.utf8.count + other.utf8.count <= EventWriter.longestIndexEntry else {
                sink.leaveOut("ignored users whose id is too long for PostgreSQL's indexes")
                continue
            }
            sink.append(to: ignoredUsers) {
                $0.write(user)
                $0.write(other)
            }
        }
    }

    /// Whom an `m.ignored_user_list` names.
    ///
    /// What is no text in PostgreSQL's sense is no user's id either.
    static func ignoredUsers(in content: CanonicalJSON) -> [String] {
        (content["ignored_users"]?.members ?? [:]).keys.compactMap(CanonicalJSON.text).sorted()
    }
}
