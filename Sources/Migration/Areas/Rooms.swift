// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

/// Rooms and events: state room by room, messages by the order in which they were stored.
extension Plan {
    private var unsupportedRooms: SQL { "roomserver_rooms r WHERE r.room_version = ANY (\(RoomVersion.unsupported))" }

    var rooms: Area {
        Area(
            "rooms",
            roomPartitions.map { partition in
                TableLoad("rooms/\(partition.id)", into: RoomTables.all, weight: partition.weight) { source, sink in
                    var load = RoomLoad(plan: self, partition: partition)
                    try load.run(&source, &sink)
                }
            }
                + eventRanges.map { range in
                    TableLoad(
                        "events/\(range.id)", into: EventTables.all, weight: range.weight,
                        from: bodies(of: range)
                    ) {
                        var writer = EventWriter(now: now)
                        return { row, sink throws(RejectedRow) in
                            let body = EventBody(row)
                            let facts = try body.facts(self)
                            _ = try writer.write(
                                facts, eventID: body.eventID, roomID: body.roomID, json: body.json,
                                transaction: body.transaction, to: &sink)
                        }
                    }
                },
            omissions: [
                Omission("rooms of versions that Synapse does not know", "SELECT count(*) FROM \(unsupportedRooms)"),
                Omission(
                    "events in rooms of versions that Synapse does not know",
                    "SELECT count(*) FROM roomserver_events WHERE room_nid IN (SELECT r.room_nid FROM \(unsupportedRooms))"
                ),
            ]
        )
    }
}
