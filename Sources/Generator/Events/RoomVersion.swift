// SPDX-License-Identifier: Apache-2.0

/// A room version that the generator speaks (Matrix specification, "Room Versions").
enum RoomVersion: String, Sendable {
    case v10 = "10"
    case v11 = "11"
    case v12 = "12"

    /// Whether `creator` stands in the content of m.room.create.
    var namesCreator: Bool { self == .v10 }

    /// Whether redaction keeps the top-level keys `origin` and `prev_state`.
    var redactionKeepsOrigin: Bool { self == .v10 }

    /// Whether `redacts` belongs into the content, where redacting keeps it.
    var redactsInContent: Bool { self != .v10 }

    /// Whether the room's id is its create event's, which then is no auth event, and its creators outrank everybody.
    var idIsCreateEvent: Bool { self == .v12 }
}
