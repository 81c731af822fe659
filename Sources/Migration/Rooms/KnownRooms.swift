// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Every room's id and version, by `room_nid`: looked up here for each event, as a join would find and send them anew.
///
/// Their texts are one list, from which they are lent: see ``KnownRoom``.
struct KnownRooms: Sendable {
    private struct Place {
        let roomID: Range<Int>
        let version: RoomVersion?
    }

    /// By `room_nid`, in `places`; -1 for none.
    private var numbers = PagedArray<Int32>(-1)
    private var places: [Place] = []
    private var texts: [UInt8] = []

    init() {}

    /// Reads all rooms that Dendrite has.
    ///
    /// - Throws: ``PostgresError``.
    init(from source: inout Connection) throws {
        try source.copyOut(
            """
            SELECT r.room_nid, r.room_id, CASE WHEN r.room_version <> ALL (\(RoomVersion.unsupported)) THEN \(Plan.roomVersion) END
            FROM roomserver_rooms r
            """
        ) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let nid = fields.int64(), let roomID = fields.bytesOrNull() else { continue }
                add(nid, roomID: roomID, version: fields.string().map { RoomVersion($0) })
            }
        }
    }

    private mutating func add(_ nid: Int64, roomID: Span<UInt8>, version: RoomVersion?) {
        numbers[nid] = Int32(places.count)
        let start = texts.count
        for index in roomID.indices { texts.append(roomID[index]) }
        places.append(Place(roomID: start..<texts.count, version: version))
    }

    /// A room; nil if Dendrite has none of that number.
    @_lifetime(borrow self)
    func room(_ nid: Int64) -> KnownRoom? {
        let number = numbers[nid]
        guard number >= 0 else { return nil }
        let place = places[Int(number)]
        return KnownRoom(roomID: texts.span.extracting(place.roomID), version: place.version)
    }
}
