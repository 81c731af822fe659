// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Times of arrival")
struct ReceivedTimestampsTests {
    @Test("are the latest time of sending up to there, and never fall", arguments: 0..<60)
    func runningMaximum(seed: Int) {
        var random = SeededGenerator(seed)
        let now: Int64 = 900
        var times: [(streamOrdering: Int64, timestamp: Int64)] = []
        for position in Int64(-20)...60 where !random.once(in: 3) {
            times.append((position, Int64(random.below(1_000))))
        }
        var received = ReceivedTimestamps(now: now)
        for (position, timestamp) in times.shuffled(using: &random) { received.add(timestamp, at: position) }
        received.run()
        var latest: Int64 = 0
        for (position, timestamp) in times {
            guard position > 0 else {
                #expect(received.at(position) == nil)
                continue
            }
            latest = max(latest, min(timestamp, now))
            #expect(received.at(position) == latest)
        }
        #expect(received.at(.min) == nil && received.at(.max) == nil)
    }

    @Test("of a server without events are none")
    func none() {
        var received = ReceivedTimestamps(now: 5)
        received.add(7, at: -3)
        received.run()
        #expect(received.at(1) == nil && received.at(-3) == nil && received.at(0) == nil)
    }
}
