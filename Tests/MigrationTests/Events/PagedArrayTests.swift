// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Values by a database's numbers")
struct PagedArrayTests {
    @Test("are found again wherever the numbers lie", arguments: 0..<30)
    func property(seed: Int) {
        var random = SeededGenerator(seed)
        var expected: [Int64: Int] = [:]
        var array = PagedArray(-1)
        let edges: [Int64] = [0, 4_095, 4_096, (1 << 32) - 1, 1 << 32, .max, .min, -1, -4_096, -4_097]
        for step in 0..<200 {
            let number = random.once(in: 4) ? edges[random.below(edges.count)] : Int64(random.below(20_000))
            expected[number] = step
            array[number] = step
        }
        for (number, value) in expected { #expect(array[number] == value) }
        for number in edges + (0..<20_000) where expected[number] == nil { #expect(array[number] == -1) }
    }

    @Test("are changed in the order of their numbers")
    func order() {
        var array = PagedArray(0)
        for number in [1 << 40, 5, 9_000, 1 << 33] as [Int64] { array[number] = 1 }
        var sum = 0
        array.forEach { value in
            sum += value
            value = sum
        }
        #expect([5, 9_000, 1 << 33, 1 << 40].map { array[$0] } == [1, 2, 3, 4])
        #expect(array[6] == 1 && array[10_000] == 2 && array[20_000] == 0)
    }

    @Test("are found again in four bytes each, and those that do not fit, too", arguments: 0..<30)
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
