// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

extension RoomLoad {
    /// Reads the redactions that clients know and of which Dendrite holds no state.
    ///
    /// It applies a redaction that comes with history before it stores the state at it, and fails. A redaction changes no state,
    /// so the state at it is that at its parents.
    mutating func readStatelessRedactions(_ source: inout Connection) throws {
        let query: SQL = """
            SELECT e.room_nid, e.event_nid, j.event_json FROM roomserver_events e \(Plan.lookUpOfBody)
            WHERE e.event_type_nid = \(EventTypeNID.redaction) AND e.state_snapshot_nid = 0 AND NOT e.is_rejected AND e.room_nid = ANY (\(partition.rooms))
                  AND EXISTS (SELECT 1 FROM syncapi_output_room_events s WHERE s.event_id = e.event_id)
            """
        try source.copyOut(query) { reader in
            var event = EventReader()
            while let row = try reader.next() {
                var fields = row.fields
                guard let room = fields.int64(), let nid = fields.int64(), let json = fields.bytesOrNull(),
                    (try? event.read(json, keepsEventID: true)) != nil
                else { continue }
                rooms[room]?.parentsOfStateless[nid] = event.previousEvents.map {
                    StateEvent.reference(to: JSONScanner.text(json, inside: $0))
                }
            }
        }
    }
}
