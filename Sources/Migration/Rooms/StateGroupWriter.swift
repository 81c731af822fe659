// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Writes a room's new state groups: numbers become names again.
struct StateGroupWriter {
    let roomID: [UInt8]
    let keys: RoomKeys
    let events: [StateEvent]

    func write(_ group: StateGroups.NewGroup, _ eventID: Span<UInt8>, _ sink: inout RowSink) {
        sink.append(to: RoomTables.groups) { row in
            row.write(group.id)
            row.write(roomID)
            row.write(eventID)
        }
        if let previous = group.previous {
            sink.append(to: RoomTables.groupEdges) { row in
                row.write(group.id)
                row.write(previous)
            }
        }
        for entry in group.entries {
            let key = keys[entry.key]
            sink.append(to: RoomTables.groupState) { row in
                row.write(group.id)
                row.write(roomID)
                row.write(key.type)
                row.write(key.stateKey)
                row.write(events[Int(entry.event)].eventID)
            }
        }
    }
}
