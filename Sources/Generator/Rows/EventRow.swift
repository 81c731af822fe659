// SPDX-License-Identifier: Apache-2.0

/// An event with all that its rows say about it.
///
/// A class, so that passing it on copies one reference instead of those to its dozen arrays.
final class EventRow {
    var number: Int64
    let room: RoomIdentity
    let draft: EventDraft
    let text: EventText.Written
    /// The state before the event; 0 where nobody knows it.
    let snapshot: Int64
    /// Numbers of the events that allow this one, the create event included.
    let authorization: [Int64]
    /// The state event whose place this one takes.
    let replaced: StateEntry?
    /// Ids of the state that this event makes known.
    var added: [EventID]

    init(
        number: Int64, room: RoomIdentity, draft: EventDraft, text: EventText.Written, snapshot: Int64,
        authorization: [Int64], replaced: StateEntry?, added: [EventID]
    ) {
        self.number = number
        self.room = room
        self.draft = draft
        self.text = text
        self.snapshot = snapshot
        self.authorization = authorization
        self.replaced = replaced
        self.added = added
    }

    /// The number that clients know the event's place by.
    ///
    /// One sequence serves several tables, so that there are gaps.
    var streamPosition: Int64 { number * 2 }

    var reference: EventReference { EventReference(number: number, id: text.id, depth: draft.depth) }

    var isOnTimeline: Bool { draft.arrival == .live || draft.arrival == .backfilled }
}
