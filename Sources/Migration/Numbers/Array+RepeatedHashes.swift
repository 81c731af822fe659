// SPDX-License-Identifier: Apache-2.0

extension [Int64] {
    /// Those that are there more than once, in ascending order, each once.
    ///
    /// For hashes, whose bits are spread evenly: all but one in sixteen are told apart by a bit each, in a table of 16 bits for
    /// each, and only the others are sorted.
    func repeatedHashes() -> [Int64] {
        guard count > 1 else { return [] }
        let bits = (count * 16).nextPowerOf2
        var once = [UInt64](repeating: 0, count: bits / 64 + 1)
        var twice = once
        for hash in self {
            let (word, bit) = Self.place(of: hash, in: bits)
            twice[word] |= once[word] & bit
            once[word] |= bit
        }
        let candidates = filter { hash in
            let (word, bit) = Self.place(of: hash, in: bits)
            return twice[word] & bit != 0
        }.sorted()
        var repeated: [Int64] = []
        for (hash, previous) in zip(candidates.dropFirst(), candidates)
        where hash == previous && repeated.last != hash {
            repeated.append(hash)
        }
        return repeated
    }

    private static func place(of hash: Int64, in bits: Int) -> (word: Int, bit: UInt64) {
        let place = Int(truncatingIfNeeded: hash) & (bits - 1)
        return (place >> 6, 1 << UInt64(place & 63))
    }
}

extension Int {
    fileprivate var nextPowerOf2: Int { 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
