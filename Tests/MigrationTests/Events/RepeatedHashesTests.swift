// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

@testable import Migration

@Suite("Repeated hashes")
struct RepeatedHashesTests {
    @Test("are those that are there more than once, each once", arguments: 0..<30)
    func property(seed: Int) {
        var random = SeededGenerator(seed)
        let count = random.below(seed < 10 ? 5 : 3_000)
        // Some seeds have few values, some have values that differ in high bits only.
        let (spread, shift) = (1 + random.below(4_000), random.once(in: 3) ? 40 : 0)
        let hashes = (0..<count).map { _ in (Int64(random.below(spread)) - 100) << shift }
        let expected = Dictionary(grouping: hashes) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
        #expect(hashes.repeatedHashes() == expected, "seed \(seed)")
    }
}
