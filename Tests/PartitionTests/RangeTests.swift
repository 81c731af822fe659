// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Partition

@Suite("Ranges")
struct RangeTests {
    @Test("of events cover every number once, in order", arguments: 0..<60)
    func events(seed: Int) {
        var random = SeededGenerator(seed)
        let lowest = Int64.random(in: 1...1_000_000, using: &random)
        let span = Int64.random(in: 1...(1 << Int64.random(in: 0...40, using: &random)), using: &random)
        let highest = lowest + span - 1
        let count = Int(Int64.random(in: 1...min(span, 10_000_000), using: &random))
        let size = Int.random(in: 1...100_000, using: &random) + count / 1_000
        let ranges = EventRange.cut(lowest: lowest, highest: highest, count: count, size: size)
        #expect(ranges.first?.bounds.lowerBound == lowest)
        #expect(ranges.last?.bounds.upperBound == highest + 1)
        for (range, next) in zip(ranges, ranges.dropFirst()) {
            #expect(range.bounds.upperBound == next.bounds.lowerBound)
        }
        #expect(ranges.allSatisfy { !$0.bounds.isEmpty })
        #expect(Set(ranges.map(\.id)).count == ranges.count)
        #expect(ranges.count <= (count + size - 1) / size)
    }

    @Test("of events stand numbers near the largest, and wrong counts")
    func extremes() {
        let far = EventRange.cut(lowest: 1, highest: .max - 1, count: 10_000_000, size: 50_000)
        #expect(far.count == 200)
        #expect(far.first?.bounds.lowerBound == 1)
        #expect(far.last?.bounds.upperBound == .max)
        #expect(EventRange.cut(lowest: 5, highest: 7, count: 1_000, size: 1).map(\.bounds) == [5..<6, 6..<7, 7..<8])
        #expect(EventRange.cut(lowest: 5, highest: 5, count: 1, size: 0).map(\.bounds) == [5..<6])
        #expect(EventRange.cut(lowest: 0, highest: 0, count: 0, size: 10).isEmpty)
        #expect(EventRange.cut(lowest: 2, highest: 1, count: 5, size: 10).isEmpty)
    }

    @Test("of identifiers give each one once, and nil when they are used up")
    func identifiers() {
        var cursor = IdentifierRange(40..<43).cursor()
        #expect([cursor.take(), cursor.take(), cursor.take(), cursor.take(), cursor.take()] == [40, 41, 42, nil, nil])
        var again = IdentifierRange(40..<43).cursor()
        #expect(again.take() == 40)
        var empty = IdentifierRange(7..<7).cursor()
        #expect(empty.take() == nil)
    }

    @Test("of stream orderings ascend, touch, and never overlap", arguments: 0..<60)
    func streamOrderings(seed: Int) {
        var random = SeededGenerator(seed)
        let highestNID = Int64.random(in: 0...10_000, using: &random)
        let ranges = StreamOrderingRange.ranges(
            highestSyncID: Int64.random(in: 0...10_000, using: &random), highestEventNID: highestNID,
            firstLateNID: Bool.random(using: &random) ? Int64.random(in: 1...10_001, using: &random) : nil)
        #expect(ranges.map(\.kind) == Array(StreamOrderingRange.Kind.allCases.prefix(ranges.count)))
        #expect(ranges.count >= 3)
        for (range, next) in zip(ranges, ranges.dropFirst()) {
            #expect(range.bounds.upperBound + 1 == next.bounds.lowerBound)
        }
        #expect(ranges[1].bounds.upperBound == -1, "nobody syncs up to below zero")
    }
}
