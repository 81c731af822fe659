// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

@testable import Migration

@Suite("State events by number")
struct StateEventIndexTests {
    private func event(_ nid: Int64) -> StateEvent {
        StateEvent(
            nid: nid, eventID: "$\(nid)", depth: 0, key: 0, isFiledCorrectly: true, isRejected: false, membership: nil,
            authEvents: [])
    }

    @Test("are found in any order of asking, the first of several, and strangers are not", arguments: 0..<20)
    func anyOrder(seed: Int) {
        var random = SeededGenerator(seed)
        let events = (0..<random.below(200)).map { _ in event(Int64(random.below(300))) }
        var index = StateEventIndex(events)
        var nid: Int64 = 0
        for _ in 0..<2_000 {
            nid = random.once(in: 3) ? Int64(random.below(320)) - 10 : nid + Int64(random.below(4))
            #expect(index.place(of: nid) == events.firstIndex { $0.nid == nid }.map(Int32.init), "seed \(seed)")
        }
    }
}
