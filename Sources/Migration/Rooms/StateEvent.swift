// SPDX-License-Identifier: Apache-2.0

/// A state event of the room at hand, as far as state has to be computed from it.
struct StateEvent: Sendable {
    /// `event_nid`; 0 for an invitation from afar.
    let nid: Int64
    let eventID: String
    let depth: Int64
    /// Which of the room's keys it sets: an index into ``RoomKeys``.
    let key: Int32
    /// Whether Dendrite filed it under the key that its JSON has.
    ///
    /// In some releases auth events fetched from other servers were filed under the key of the event that they were
    /// fetched for.
    let isFiledCorrectly: Bool
    var isRejected: Bool
    /// `membership` of a member event.
    let membership: String?
    /// Its auth events, the implied create event included, by ``reference(to:)``.
    let authEvents: [Int]
    /// Whether Dendrite holds no state that it could have been judged by.
    var lacksState = false

    /// A number that stands for an event id, within one run: the ids themselves would take ten times the memory.
    ///
    /// 64 bits under a random key: that two of a million events get the same one happens once in forty million rooms.
    static func reference(to eventID: String) -> Int { eventID.hashValue }
}
