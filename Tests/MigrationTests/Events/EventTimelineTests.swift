// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("What loads of events share")
struct EventTimelineTests {
    @Test("gives each event its number and its client's transaction", arguments: 0..<20)
    func property(seed: Int) {
        struct Sent {
            let streamOrdering: Int64
            let transaction: [UInt8]
            let session: Int64?
        }
        var random = SeededGenerator(seed)
        var timeline = EventTimeline(StreamOrdering(highestSyncID: 900, highestEventNID: 2_000), now: 5)
        var expected: [Int64: Sent] = [:]
        for nid in Int64(1)...600 where !random.once(in: 4) {
            // Some are longer than a piece of what is kept.
            let length = random.once(in: 3) ? 0 : random.once(in: 50) ? 1_100_000 : random.below(60)
            let sent = Sent(
                streamOrdering: Int64(random.below(900)) - 450,
                transaction: (0..<length).map { UInt8(($0 + Int(nid)) % 251) },
                session: random.once(in: 5) ? nil : Int64(random.below(7)) - 3)
            expected[nid] = sent
            timeline.note(nid, at: sent.streamOrdering, transaction: sent.transaction.span, session: sent.session)
        }
        for nid in Int64(1)...600 {
            #expect(timeline.streamOrdering(of: nid) == expected[nid]?.streamOrdering)
            let transaction = timeline.transaction(of: nid)
            let text = transaction.map { timeline.withText(of: $0) { text in text.indices.map { text[$0] } } } ?? []
            #expect(text == expected[nid]?.transaction ?? [])
            #expect(transaction?.session == (text.isEmpty ? nil : expected[nid]?.session))
        }
    }

    @Test("knows the sync component's number of live events and of history")
    func syncIDs() {
        var timeline = EventTimeline(StreamOrdering(highestSyncID: 900, highestEventNID: 2_000), now: 5)
        timeline.note(1, at: 17, transaction: Span(), session: nil)
        timeline.note(2, at: 18 - 901, transaction: Span(), session: nil)
        #expect(timeline.syncID(of: 1) == 17 && timeline.syncID(of: 2) == 18 && timeline.syncID(of: 3) == nil)
    }
}
