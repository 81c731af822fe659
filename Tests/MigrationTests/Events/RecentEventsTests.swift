// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

@testable import Migration

@Suite("Recent events")
struct RecentEventsTests {
    @Test("are known in their own room, and no others are", arguments: 0..<10)
    func property(seed: Int) {
        var random = SeededGenerator(seed)
        var recent = RecentEvents(EventHash(key: UInt64(random.below(1 << 30) + 1)))
        var inserted: Set<[[UInt8]]> = []
        // Some as short as a word of memory, and some that begin alike.
        func text() -> [UInt8] { (0..<random.below(20)).map { _ in UInt8(random.below(3)) } }
        for _ in 0..<2_000 {
            let (room, event) = (text(), text())
            let isKnown = recent.contains(event.span, in: room.span)
            #expect(!isKnown || inserted.contains([room, event]), "seed \(seed)")
            guard random.once(in: 2) else { continue }
            recent.insert(event.span, in: room.span)
            inserted.insert([room, event])
            let isKnownNow = recent.contains(event.span, in: room.span)
            #expect(isKnownNow, "seed \(seed)")
        }
    }

    @Test("are forgotten for later ones, not all at once")
    func forgetting() {
        var recent = RecentEvents(EventHash(key: 0x2545_F491_4F6C_DD1D))
        let room: [UInt8] = [1]
        func id(_ number: Int) -> [UInt8] { Array("$\(number)".utf8) }
        for number in 0..<100_000 { recent.insert(id(number).span, in: room.span) }
        func known(_ numbers: Range<Int>) -> Int { numbers.count { recent.contains(id($0).span, in: room.span) } }
        #expect(known(99_000..<100_000) > 950)
        #expect(known(0..<1_000) < 200)
        #expect(known(100_000..<110_000) == 0)
    }
}
