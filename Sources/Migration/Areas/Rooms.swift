// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

/// Rooms and events: state room by room, messages by the order in which they were stored.
extension Plan {
    var unsupportedRooms: SQL { "roomserver_rooms r WHERE r.room_version = ANY (\(RoomVersion.unsupported))" }

    var rooms: Area {
        Area(
            "rooms",
            roomPartitions.map { partition in
                TableLoad("rooms/\(partition.id)", into: RoomTables.all, weight: partition.weight) { source, sink in
                    var load = RoomLoad(plan: self, partition: partition)
                    try load.run(&source, &sink)
                }
            }
                + eventRanges.enumerated().map { place, range in
                    TableLoad(
                        "events/\(range.id)", into: EventTables.all, weight: range.weight,
                        // All ask the same of other numbers.
                        checking: place == 0 ? bodies(of: range) : nil
                    ) { source, sink in
                        try writeBodies(of: range, &source, &sink)
                    }
                },
            omissions: [
                Omission("rooms of versions that Synapse does not know", "SELECT count(*) FROM \(unsupportedRooms)"),
                Omission(
                    "events in rooms of versions that Synapse does not know",
                    "SELECT count(*) FROM roomserver_events WHERE room_nid IN (SELECT r.room_nid FROM \(unsupportedRooms))"
                ),
                Omission("invitations that only clients have been told of", Invitations.knownToClientsAlone),
                Omission(
                    "rooms in the public directory that are not carried",
                    """
                    SELECT count(DISTINCT p.room_id) FROM roomserver_published p
                    WHERE p.published AND p.network_id = '' AND p.room_id NOT IN (SELECT room_id FROM \(loadedRooms) AS r)
                    """),
                Omission("reported events", "SELECT count(*) FROM \(later("roomserver_reported_events")) AS t"),
            ] + strayEvents
        )
    }

    /// Events of which the sync component alone has something left: asked for where its events are not the room server's, as
    /// looking each up takes long.
    private var strayEvents: [Omission] {
        guard syncDiffers else { return [] }
        return [
            Omission(
                "events that the sync component holds of purged rooms",
                """
                SELECT count(*) FROM syncapi_output_room_events o
                WHERE NOT EXISTS (SELECT 1 FROM roomserver_events e WHERE e.event_id = o.event_id)
                """)
        ]
    }

    /// Writes the events of a range that are not loaded with their rooms.
    private func writeBodies(of range: EventRange, _ source: inout Connection, _ sink: inout RowSink) throws {
        let timeline = try eventTimeline.value()
        var writer = EventWriter(timeline, now: now)
        try source.copyOut(bodies(of: range)) { reader in
            while let row = try reader.next() {
                var body = EventBody(row, in: timeline.rooms)
                // The area's omissions count them.
                if body.isOfUnknownVersion { continue }
                if body.fields.bool() == true {
                    if !body.isOutlier { writer.see(body.eventID, in: body.roomID) }
                    continue
                }
                do throws(RejectedRow) {
                    let facts = try body.facts(timeline)
                    try writer.read(body.json, body.eventID, facts.version)
                    _ = try writer.write(
                        facts, eventID: body.eventID, roomID: body.roomID, json: body.json, to: &sink)
                    if facts.isLost { sink.leaveOut(EventFacts.lost) }
                } catch {
                    try sink.reject(error)
                }
                try sink.endRow()
            }
        }
    }
}
