// SPDX-License-Identifier: Apache-2.0

/// What Dendrite knows of an event beside its JSON, and what was derived of it.
struct EventFacts {
    var version: RoomVersion
    var streamOrdering: Int64
    var depth: Int64
    /// `received_ts`, ms: for events above zero the latest `origin_server_ts` up to here; nil to take the event's own.
    var receivedTimestamp: Int64?
    /// The state before it is unknown.
    var isOutlier = false
    /// Whether it is an outlier that clients were shown or were to be.
    var isLost = false
    /// Allowed by the state before it, not by the current one: kept, and hidden from clients.
    var isSoftFailed = false
    var isRejected = false
    /// An invitation from a server in whose room we are not.
    var isOutOfBand = false
    /// A redaction that Synapse is to judge for itself.
    var needsRecheck = false
    /// The transaction in which a local client sent it, if one did.
    var transaction: SentTransaction?
    /// Whether a later event was sent in the same transaction, and that one counts.
    var isRepeated = false
    /// The event that it replaced in the room's state.
    var replacedEventID: String?
    /// `invite_room_state` as the invitation's own table has it: a JSON array.
    var strippedState: [UInt8]?
    /// What a redaction redacts that was redacted itself, and so lost the member that says it.
    ///
    /// Synapse shows nobody a redaction without. Before version 11 the event's id does not cover it.
    var redactsAgain: String?
    /// Whether the member has forgotten the room.
    var isForgotten = false

    /// How the report names events that are lost to clients.
    static let lost = "events whose state before them is gone, so that Synapse hides them"

    /// The depth as Synapse takes it.
    var topologicalOrdering: Int64 { Self.within(depth) }

    /// A depth in the range that Synapse allows: it cannot read its own tokens of places below zero.
    static func within(_ depth: Int64) -> Int64 { min(max(depth, 0), largestDepth) }

    /// Synapse's limit of a depth: 2^53 − 1, the largest integer of canonical JSON.
    static let largestDepth: Int64 = (1 << 53) - 1
}
