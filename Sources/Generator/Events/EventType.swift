// SPDX-License-Identifier: Apache-2.0

/// A type of events and the number that it has in the generated database.
struct EventType: Sendable, Hashable {
    let number: Int64
    let name: String
    let bytes: [UInt8]

    static func == (one: EventType, other: EventType) -> Bool { one.number == other.number }

    func hash(into hasher: inout Hasher) { hasher.combine(number) }

    private init(_ number: Int64, _ name: String) {
        self.number = number
        self.name = name
        bytes = Array(name.utf8)
    }

    static let create = EventType(1, "m.room.create")
    static let powerLevels = EventType(2, "m.room.power_levels")
    static let joinRules = EventType(3, "m.room.join_rules")
    static let member = EventType(5, "m.room.member")
    static let redaction = EventType(6, "m.room.redaction")
    static let historyVisibility = EventType(7, "m.room.history_visibility")
    static let message = EventType(65536, "m.room.message")
    static let encrypted = EventType(65537, "m.room.encrypted")
    static let reaction = EventType(65538, "m.reaction")
    static let encryption = EventType(65539, "m.room.encryption")
    static let name = EventType(65540, "m.room.name")
    static let topic = EventType(65541, "m.room.topic")
    static let avatar = EventType(65542, "m.room.avatar")
    static let canonicalAlias = EventType(65543, "m.room.canonical_alias")
    static let guestAccess = EventType(65544, "m.room.guest_access")
    static let pinnedEvents = EventType(65545, "m.room.pinned_events")

    /// Types that Dendrite does not number by itself.
    static let others: [EventType] = [
        message, encrypted, reaction, encryption, name, topic, avatar, canonicalAlias, guestAccess, pinnedEvents,
    ]
}
