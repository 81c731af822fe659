// SPDX-License-Identifier: Apache-2.0
import Loader

extension RoomLoad {
    /// Takes for accepted what Dendrite marked as rejected and made rooms' states of.
    ///
    /// Some releases before 0.9.4 did so with the state that came with a join over federation. Dendrite goes by the state,
    /// whatever the marks say; Synapse would go by the marks, and nobody could do anything in such a room.
    func acceptState(_ sink: inout RowSink) {
        let rejected = Set(rooms.values.flatMap { $0.stateEvents.filter(\.isRejected).map(\.nid) })
        guard let low = rejected.min(), let high = rejected.max() else { return }
        var used: Set<Int64> = []
        for events in eventsOfBlock.values {
            for event in events where event >= low && event <= high && rejected.contains(event) { used.insert(event) }
        }
        guard !used.isEmpty else { return }
        sink.leaveOut("marks of rejection on events that rooms' state is made of", used.count)
        for room in rooms.values {
            for index in room.stateEvents.indices where used.contains(room.stateEvents[index].nid) {
                room.accept(at: index)
            }
        }
    }

    /// Leaves out state events that Dendrite rejected without any state to judge them by, as when a join did not succeed.
    ///
    /// Other servers may well have accepted them. Synapse never judges an event twice, and nobody could get on in a room
    /// whose state, as others tell it, has a membership that it takes for rejected; what it does not have it fetches.
    func leaveOutUnjudged(_ sink: inout RowSink) {
        for room in rooms.values {
            let unjudged = room.stateEvents.filter { $0.isRejected && $0.lacksState }
            guard !unjudged.isEmpty else { continue }
            room.unjudged = Set(unjudged.map(\.nid))
            room.stateEvents.removeAll { $0.isRejected && $0.lacksState }
            sink.leaveOut("state events that Dendrite rejected without state to judge them by", unjudged.count)
        }
    }
}

extension Room {
    /// Takes one of the state events for accepted that Dendrite marked as rejected.
    func accept(at index: Int) {
        stateEvents[index].isRejected = false
        accepted.insert(stateEvents[index].nid)
    }
}
