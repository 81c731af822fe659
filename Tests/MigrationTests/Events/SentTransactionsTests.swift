// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

@testable import Migration

@Suite("Sent transactions")
struct SentTransactionsTests {
    @Test("are given back as they were, whatever their text and session", arguments: 0..<4)
    func anyTransaction(seed: Int) {
        var random = SeededGenerator(seed)
        var transactions = SentTransactions()
        var expected: [(place: Int64, text: [UInt8], session: Int64?)] = []
        let sessions: [Int64?] = [nil, 0, 1, -1, 63, 64, 16_383, .max, .min + 1]
        for _ in 0..<600 {
            // Some as long as a piece of memory, and longer.
            let length = random.once(in: 40) ? 1_048_500 + random.below(200) : random.below(60)
            let text = [UInt8](repeating: UInt8(random.below(256)), count: length)
            let session = sessions[random.below(sessions.count)]
            expected.append((transactions.add(text.span, session: session), text, session))
        }
        for (place, text, session) in expected {
            let found = transactions.transaction(at: place)
            let bytes = transactions.withText(of: found) { text in text.indices.map { text[$0] } }
            #expect(bytes == text && found.session == session, "seed \(seed)")
        }
    }
}
