// SPDX-License-Identifier: Apache-2.0

/// One room of a partition: what Dendrite says of it, and what has been found out about its state events.
///
/// A class, as each of its events is looked at beside it: a copy of all its lists would cost more than the event.
final class Room {
    let nid: Int64
    let roomID: String
    let version: RoomVersion
    /// `latest_event_nids`; empty for a room that Dendrite holds nothing of.
    let latest: Set<Int64>
    /// The snapshot of the current state.
    let snapshot: Int64
    let isPublished: Bool

    var keys = RoomKeys()
    /// In the order in which they were read.
    var stateEvents: [StateEvent] = []
    /// `state_block_nids` by `state_snapshot_nid`; until the room has been walked.
    var blocksOfSnapshot: [Int64: PackedNumbers] = [:]
    /// The `event_id`s that the sync component takes for the current state, where the room's own snapshot is gone.
    var currentStateForClients: Set<String>?
    var hasEvents = false
    var creator: String?
    var minDepth: Int64?
    /// `event_nid`s of the current state; empty where Dendrite holds none.
    var currentState: Set<Int64> = []

    /// Whether one of our users is in the room.
    var isJoinedByUs = false
    /// `event_nid`s of events that Dendrite marked as rejected and goes by all the same: state, open invitations.
    var accepted: Set<Int64> = []
    /// `event_nid`s of rejected events that are left out; see ``RoomLoad/leaveOutUnjudged(_:)``.
    var unjudged: Set<Int64> = []
    /// Open invitations that are no part of the room's state, by `event_nid`, and our users they are for.
    var openInvitations: [Int64: String] = [:]
    /// Of our users that `roomserver_membership` takes for joined or invited, the membership, until a row of it is written.
    var unconfirmedMemberships: [String: String] = [:]
    /// Our users with an open invitation that is no part of the room's state, and newer than whatever that says of them.
    var invited: Set<String> = []
    /// By `event_nid` of a state event: the event that it replaced.
    var replaced: [Int64: String] = [:]
    /// By `event_nid` of a redaction that Dendrite did not apply: what decided about power before it.
    var powerBefore: [Int64: PowerBefore] = [:]

    /// By `event_nid` of a redaction of which Dendrite holds no state: its parents, by ``StateEvent/reference(to:)``.
    var parentsOfStateless: [Int64: [Int]] = [:]
    /// `event_nid`s of those for which the state at the parents was found.
    var redactionsWithParentsState: Set<Int64> = []

    init(
        nid: Int64, roomID: String, version: RoomVersion, latest: Set<Int64>, snapshot: Int64, isPublished: Bool
    ) {
        self.nid = nid
        self.roomID = roomID
        self.version = version
        self.latest = latest
        self.snapshot = snapshot
        self.isPublished = isPublished
    }

    /// The events in the state before a redaction that say who may redact.
    struct PowerBefore: Sendable {
        /// `event_nid`s.
        let create: Int64?
        let powerLevels: Int64?
    }
}
