// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// The tables that one event's JSON fills, whichever load reads it.
enum EventTables {
    static let events = Table(
        "events", .bigint("stream_ordering"), .bigint("topological_ordering"), .bigint("depth"), .text("event_id"),
        .text("type"), .text("room_id"), .text("sender"), .text("state_key"), .bool("processed"), .bool("outlier"),
        .bigint("origin_server_ts"), .bigint("received_ts"), .bool("contains_url"), .text("instance_name"),
        .text("rejection_reason"))
    static let eventJSON = Table(
        "event_json", .text("event_id"), .text("room_id"), .text("internal_metadata"), .text("json"),
        .integer("format_version"))
    static let stateEvents = Table(
        "state_events", .text("event_id"), .text("room_id"), .text("type"), .text("state_key"))
    static let edges = Table("event_edges", .text("event_id"), .text("prev_event_id"), .bool("is_state"))
    static let auth = Table("event_auth", .text("event_id"), .text("auth_id"), .text("room_id"))
    static let relations = Table(
        "event_relations", .text("event_id"), .text("relates_to_id"), .text("relation_type"), .text("aggregation_key"))
    static let rejections = Table("rejections", .text("event_id"), .text("reason"), .text("last_check"))
    static let memberships = Table(
        "room_memberships", .text("event_id"), .text("user_id"), .text("sender"), .text("room_id"), .text("membership"),
        .integer("forgotten"), .text("display_name"), .text("avatar_url"), .bigint("event_stream_ordering"))
    static let retention = Table(
        "room_retention", .text("room_id"), .text("event_id"), .bigint("min_lifetime"), .bigint("max_lifetime"))
    static let transactions = Table(
        "event_txn_id_device_id", .text("event_id"), .text("room_id"), .text("user_id"), .text("device_id"),
        .text("txn_id"), .bigint("inserted_ts"))
    /// Parents of which the load does not know whether the room has them; see ``Plan/stagingTables``.
    ///
    /// How many those are is different in each run, as ``RecentEvents`` forgets by chance.
    static let unseenParents = Table(
        "matrix_loader.unseen_parent", columns: [.text("event_id"), .text("room_id")], isCounted: false)
    /// Replies in threads, with what a thread's row says of its latest one; see ``Plan/stagingTables``.
    static let threadReplies = Table(
        "matrix_loader.thread_reply",
        columns: [
            .text("room_id"), .text("thread_id"), .text("event_id"), .bigint("topological_ordering"),
            .bigint("stream_ordering"),
        ], isCounted: false)
    /// Where messages without words stand; see ``Plan/stagingTables``.
    static let silentMessages = Table(
        "matrix_loader.silent_message", columns: [.bigint("stream_ordering")], isCounted: false)

    /// All that a load of events may fill.
    static let all = [
        events, eventJSON, stateEvents, edges, auth, relations, rejections, memberships, retention, transactions,
        unseenParents, threadReplies, silentMessages,
    ]
}
