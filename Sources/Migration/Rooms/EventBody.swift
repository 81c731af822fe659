// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// A row of ``Plan/bodies(joining:where:alsoSelecting:)``, borrowed from the source.
struct EventBody: ~Escapable {
    let nid: Int64
    let eventID: Span<UInt8>
    let roomID: Span<UInt8>
    let json: Span<UInt8>
    /// What the row holds after the columns that all bodies have.
    var fields: FieldReader
    private let version: String
    private let depth: Int64
    private let flags: (isRejected: Bool, isOutlier: Bool, isHeldBack: Bool, isLate: Bool)
    private let isWhole: (room: Bool, json: Bool)

    @_lifetime(copy row)
    init(_ row: borrowing SourceRow) {
        var fields = row.fields
        nid = fields.int64() ?? 0
        eventID = fields.bytesOrEmpty()
        let hasRoom = !fields.nextIsNull
        roomID = fields.bytesOrEmpty()
        version = fields.string() ?? ""
        depth = fields.int64() ?? 0
        flags = (fields.bool() ?? false, fields.bool() ?? false, fields.bool() ?? false, fields.bool() ?? false)
        isWhole = (hasRoom, !fields.nextIsNull)
        json = fields.bytesOrEmpty()
        self.fields = fields
    }

    var eventIDText: String { EventWriter.string(eventID) }

    /// What Dendrite's columns say of the event.
    ///
    /// - Throws: ``RejectedRow`` if its room or its JSON is missing.
    func facts(_ timeline: EventTimeline) throws(RejectedRow) -> EventFacts {
        guard isWhole.room else {
            throw RejectedRow(key: eventIDText, column: "room_nid", reason: "its room is missing")
        }
        guard isWhole.json else {
            throw RejectedRow(key: eventIDText, column: "event_json", reason: "its JSON is missing")
        }
        let synced = timeline.streamOrdering(of: nid)
        let streamOrdering =
            synced ?? timeline.numbers.position(of: nid, syncID: nil, isExcluded: false, isLate: flags.isLate)
        let transaction = timeline.transaction(of: nid)
        return EventFacts(
            version: RoomVersion(version), streamOrdering: streamOrdering, depth: depth,
            receivedTimestamp: timeline.received.at(streamOrdering), isOutlier: flags.isOutlier,
            isSoftFailed: flags.isHeldBack && synced == nil, isRejected: flags.isRejected,
            transaction: transaction, isRepeated: transaction != nil && timeline.isRepeated(nid))
    }
}
