// SPDX-License-Identifier: Apache-2.0

/// A list of numbers that takes little memory: each is kept as its distance from the one before, in as few bytes as that
/// needs.
///
/// For lists that a database has by the thousand, of numbers that it gave one after the other: a byte or two instead of
/// eight for each.
struct PackedNumbers: Sequence, Sendable {
    private let bytes: [UInt8]

    /// Packs numbers, which come out again in the same order.
    ///
    /// - Parameter numbers: any, in any order.
    init(_ numbers: some Collection<Int64>) {
        var packed: [UInt8] = []
        var previous: Int64 = 0
        packed.reserveCapacity(numbers.reduce(0) { $0 + Self.size(of: Self.distance(to: $1, from: &previous)) })
        previous = 0
        for number in numbers { packed.append(variableLength: Self.distance(to: number, from: &previous)) }
        bytes = packed
    }

    func makeIterator() -> Iterator { Iterator(bytes: bytes) }

    struct Iterator: IteratorProtocol {
        fileprivate let bytes: [UInt8]
        private var offset = 0
        private var number: Int64 = 0

        fileprivate init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func next() -> Int64? {
            guard offset < bytes.count else { return nil }
            var end = offset
            let distance = bytes.span.variableLength(at: &end)
            offset = end
            number &+= Int64(zigzag: distance)
            return number
        }
    }

    /// Small for small steps up and down alike.
    private static func distance(to number: Int64, from previous: inout Int64) -> UInt64 {
        let step = number &- previous
        previous = number
        return step.zigzag
    }

    /// In bytes of seven bits each.
    private static func size(of distance: UInt64) -> Int {
        Swift.max(1, (UInt64.bitWidth - distance.leadingZeroBitCount + 6) / 7)
    }
}
