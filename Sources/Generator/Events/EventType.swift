// SPDX-License-Identifier: Apache-2.0

/// A type of events, as Matrix names it.
enum EventType: String {
    case create = "m.room.create"
    case powerLevels = "m.room.power_levels"
    case joinRules = "m.room.join_rules"
    case member = "m.room.member"
    case redaction = "m.room.redaction"
    case historyVisibility = "m.room.history_visibility"
    case message = "m.room.message"
    case encrypted = "m.room.encrypted"
    case reaction = "m.reaction"
    case encryption = "m.room.encryption"
    case name = "m.room.name"
    case topic = "m.room.topic"
    case avatar = "m.room.avatar"
    case canonicalAlias = "m.room.canonical_alias"
    case guestAccess = "m.room.guest_access"
    case pinnedEvents = "m.room.pinned_events"

    /// The number that the type has in the generated database.
    var number: Int64 {
        switch self {
        case .create: 1
        case .powerLevels: 2
        case .joinRules: 3
        case .member: 5
        case .redaction: 6
        case .historyVisibility: 7
        case .message: 65536
        case .encrypted: 65537
        case .reaction: 65538
        case .encryption: 65539
        case .name: 65540
        case .topic: 65541
        case .avatar: 65542
        case .canonicalAlias: 65543
        case .guestAccess: 65544
        case .pinnedEvents: 65545
        }
    }

    /// Types that Dendrite does not number by itself.
    static let others: [EventType] = [
        message, encrypted, reaction, encryption, name, topic, avatar, canonicalAlias, guestAccess, pinnedEvents,
    ]
}
