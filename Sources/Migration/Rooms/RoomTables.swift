// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// The tables that are filled room by room.
enum RoomTables {
    static let rooms = Table(
        "rooms", .text("room_id"), .bool("is_public"), .text("creator"), .text("room_version"),
        .bool("has_auth_chain_index"))
    static let depth = Table("room_depth", .text("room_id"), .bigint("min_depth"))
    static let groups = Table("state_groups", .bigint("id"), .text("room_id"), .text("event_id"))
    static let groupEdges = Table("state_group_edges", .bigint("state_group"), .bigint("prev_state_group"))
    static let groupState = Table(
        "state_groups_state", .bigint("state_group"), .text("room_id"), .text("type"), .text("state_key"),
        .text("event_id"))
    static let groupOfEvent = Table("event_to_state_groups", .text("event_id"), .bigint("state_group"))
    static let currentState = Table(
        "current_state_events", .text("event_id"), .text("room_id"), .text("type"), .text("state_key"),
        .text("membership"), .bigint("event_stream_ordering"))
    static let localMembership = Table(
        "local_current_membership", .text("room_id"), .text("user_id"), .text("event_id"), .text("membership"),
        .bigint("event_stream_ordering"))
    static let chains = Table(
        "event_auth_chains", .text("event_id"), .bigint("chain_id"), .bigint("sequence_number"))
    static let chainLinks = Table(
        "event_auth_chain_links", .bigint("origin_chain_id"), .bigint("origin_sequence_number"),
        .bigint("target_chain_id"), .bigint("target_sequence_number"))
    static let chainsToCalculate = Table(
        "event_auth_chain_to_calculate", .text("event_id"), .text("room_id"), .text("type"), .text("state_key"))
    static let redactions = Table(
        "redactions", .text("event_id"), .text("redacts"), .bool("have_censored"), .bigint("received_ts"),
        .bool("recheck"))
    static let extremities = Table("event_forward_extremities", .text("event_id"), .text("room_id"))

    static let all =
        [rooms] + EventTables.all + [
            depth, groups, groupEdges, groupState, groupOfEvent, currentState, localMembership, chains, chainLinks,
            chainsToCalculate, redactions, extremities,
        ]
}
