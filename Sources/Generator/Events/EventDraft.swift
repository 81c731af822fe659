// SPDX-License-Identifier: Apache-2.0

/// An event as its sender thinks of it, before it has hashes and an id.
struct EventDraft {
    /// How the event came to this server, which decides in which tables it stands.
    enum Arrival {
        /// Sent or received as it happened.
        case live
        /// State of a room joined over federation.
        case outlier
        /// Earlier history that a user asked for.
        case backfilled
        /// Against the rules at its place in the room.
        case rejected
        /// Allowed at its place, but no longer by the room's present state.
        case softFailed
        /// Never stored; others refer to it.
        case elsewhere
    }

    var type: EventType
    /// The user whose number is the state key, or none for "".
    var member: Int?
    var isState = false
    var sender: Int
    /// Canonical JSON, and what redaction leaves of it.
    var content: [UInt8]
    var redactedContent: [UInt8]
    var redacts: EventID?
    var previous: [EventReference]
    var authorization: [EventReference]
    var time: Int64
    var arrival = Arrival.live
    /// The event that this one reacts to, replaces or answers, and how.
    var relation: (target: EventID, kind: String)?
    var hasURL = false
    /// Whether a redaction will follow, which the event's rows wait for.
    var isDoomed = false
    /// What an m.room.member event makes of its user.
    var membership: Membership?

    var depth: Int64 { previous.reduce(0) { max($0, $1.depth) } + 1 }
}
