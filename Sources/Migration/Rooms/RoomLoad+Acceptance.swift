// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

extension RoomLoad {
    /// Takes for accepted what Dendrite marked as rejected and made rooms' states of.
    ///
    /// Some releases before 0.9.4 did so with the state that came with a join over federation. Dendrite goes by the state,
    /// whatever the marks say; Synapse would go by the marks, and nobody could do anything in such a room.
    mutating func acceptState(_ source: inout Connection, _ sink: inout RowSink) throws {
        let rejected = rooms.values.flatMap { $0.stateEvents.filter(\.isRejected).map(\.nid) }
        guard !rejected.isEmpty else { return }
        // What was rejected for the state before it was not used.
        let outliers = Set(
            try source.rows(
                "SELECT event_nid FROM roomserver_events WHERE event_nid = ANY (\(rejected)) AND state_snapshot_nid = 0"
            ).compactMap { $0[0].flatMap { Int64($0) } })
        guard !outliers.isEmpty else { return }
        var used: Set<Int64> = []
        for events in eventsOfBlock.values {
            for event in events where outliers.contains(event) { used.insert(event) }
        }
        guard !used.isEmpty else { return }
        sink.leaveOut("marks of rejection on events that rooms' state is made of", used.count)
        for room in rooms.values {
            for index in room.stateEvents.indices where used.contains(room.stateEvents[index].nid) {
                room.stateEvents[index].isRejected = false
                room.accepted.insert(room.stateEvents[index].nid)
            }
        }
    }
}
