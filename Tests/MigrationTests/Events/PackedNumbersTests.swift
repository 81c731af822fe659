// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Lists of numbers in little memory")
struct PackedNumbersTests {
    @Test("come out as they went in, whatever they are", arguments: 0..<30)
    func property(seed: Int) {
        var random = SeededGenerator(seed)
        let edges: [Int64] = [0, 63, 64, -64, -65, .max, .min, .max - 1, .min + 1, 1 << 32, -1]
        let numbers = (0..<random.below(300)).map { _ in
            random.once(in: 3) ? edges[random.below(edges.count)] : Int64(random.below(1_000_000))
        }
        #expect(Array(PackedNumbers(numbers)) == numbers, "seed \(seed)")
    }
}
