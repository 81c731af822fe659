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

    @Test("are kept by another number, wide ones too", arguments: 0..<30)
    func narrow(seed: Int) {
        var random = SeededGenerator(seed)
        let edges: [Int64?] = [
            0, -1, nil, .max, .min, Int64(Int32.max), Int64(Int32.min), Int64(Int32.min) + 1, Int64(Int32.min) + 2,
            1 << 31,
        ]
        var (kept, expected) = (NarrowNumbers(), [Int64: Int64]())
        for _ in 0..<200 {
            let (number, value) = (Int64(random.below(40)), edges[random.below(edges.count)])
            kept[number] = value
            expected[number] = value
        }
        for number in Int64(0)..<50 { #expect(kept[number] == expected[number], "seed \(seed)") }
    }
}
