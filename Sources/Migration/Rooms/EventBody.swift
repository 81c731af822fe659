// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// A row of ``Plan/bodies(joining:where:alsoSelecting:)``, borrowed from the source.
struct EventBody: ~Escapable {
    let nid: Int64
    let eventID: Span<UInt8>
    let roomNID: Int64
    /// Empty where the room is missing.
    let roomID: Span<UInt8>
    let json: Span<UInt8>
    /// What the row holds after the columns that all bodies have.
    var fields: FieldReader
    private let version: RoomVersion?
    private let hasRoom: Bool
    private let depth: Int64
    private let flags: EventFlags
    private let hasJSON: Bool

    @_lifetime(copy row, borrow rooms)
    init(_ row: borrowing SourceRow, in rooms: borrowing KnownRooms) {
        var fields = row.fields
        nid = fields.int64() ?? 0
        eventID = fields.bytesOrEmpty()
        roomNID = fields.int64() ?? 0
        if let room = rooms.room(roomNID) {
            (roomID, version, hasRoom) = (room.roomID, room.version, true)
        } else {
            (roomID, version, hasRoom) = (Span(), nil, false)
        }
        depth = fields.int64() ?? 0
        flags = EventFlags(field: fields.int16())
        hasJSON = !fields.nextIsNull
        json = fields.bytesOrEmpty()
        self.fields = fields
    }

    /// Whether the state before it is unknown.
    var isOutlier: Bool { flags.contains(.isOutlier) }

    /// Whether Synapse does not know the version of its room.
    var isOfUnknownVersion: Bool { hasRoom && version == nil }

    var eventIDText: String { EventWriter.string(eventID) }

    /// What Dendrite's columns say of the event.
    ///
    /// - Throws: ``RejectedRow`` if its room or its JSON is missing.
    func facts(_ timeline: EventTimeline) throws(RejectedRow) -> EventFacts {
        guard let version else {
            throw RejectedRow(key: eventIDText, column: "room_nid", reason: "its room is missing")
        }
        guard hasJSON else {
            throw RejectedRow(key: eventIDText, column: "event_json", reason: "its JSON is missing")
        }
        let synced = timeline.streamOrdering(of: nid)
        let streamOrdering =
            synced
            ?? timeline.numbers.position(of: nid, syncID: nil, isExcluded: false, isLate: flags.contains(.isLate))
        let transaction = timeline.transaction(of: nid)
        // Kept and sent to nobody, allowed by the state before it: not by the current one, if the sync component lacks it too.
        let isHeldBack = !flags.contains(.isRejected) && !flags.contains(.isSent) && !flags.contains(.isOutlier)
        return EventFacts(
            version: version, streamOrdering: streamOrdering, depth: depth,
            receivedTimestamp: timeline.received.at(streamOrdering), isOutlier: flags.contains(.isOutlier),
            isLost: flags.contains(.isOutlier) && (synced != nil || flags.contains(.isLate)),
            isSoftFailed: isHeldBack && synced == nil, isRejected: flags.contains(.isRejected),
            transaction: transaction, isRepeated: transaction != nil && timeline.isRepeated(nid))
    }
}
