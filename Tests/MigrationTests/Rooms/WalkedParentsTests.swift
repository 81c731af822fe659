// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

@testable import Migration

@Suite("Walked parents")
struct WalkedParentsTests {
    @Test("are those that were added and met, in their own room", arguments: 0..<10)
    func property(seed: Int) {
        var random = SeededGenerator(seed)
        var parents = WalkedParents()
        // Some are alike, and some as short as a word of memory.
        func text() -> [UInt8] { (0..<random.below(12)).map { _ in UInt8(random.below(2)) } }
        let added = Set((0..<random.below(2_000)).map { _ in [text(), text()] })
        let met = Set((0..<random.below(2_000)).map { _ in [text(), text()] })
        for event in added {
            let (id, room) = (event[0], event[1])
            parents.add(id.span, in: room.span)
        }
        for event in met {
            let (id, room) = (event[0], event[1])
            parents.meet(id.span, in: room.span)
        }
        parents.finish()
        for event in added.union(met) {
            let (id, room) = (event[0], event[1])
            let wereMet = parents.wereMet(id.span, in: room.span)
            #expect(wereMet == (added.contains(event) && met.contains(event)), "seed \(seed)")
        }
    }
}
