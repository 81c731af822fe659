// SPDX-License-Identifier: Apache-2.0

/// A room and how much there is to do for it.
public struct RoomWeight: Sendable, Hashable {
    /// `room_nid`.
    public let room: Int64
    /// Its events, state events included, and the invitations to it.
    public let events: Int
    /// How many of them are state events; each costs more than a message, since state is computed from it.
    let stateEvents: Int

    /// A room with its counts.
    ///
    /// - Parameters:
    ///   - room: `room_nid`.
    ///   - events: all its events, state events included, and the invitations to it.
    ///   - stateEvents: how many of them are state events.
    public init(room: Int64, events: Int, stateEvents: Int) {
        self.room = room
        self.events = events
        self.stateEvents = stateEvents
    }

    /// Measured: a state event is read twice and written to three times as many tables; of another event, room work
    /// reads a few narrow columns.
    var weight: Int { events + 8 * stateEvents + 1 }
}
