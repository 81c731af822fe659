// SPDX-License-Identifier: Apache-2.0

/// A stream of random numbers that a seed determines: SplitMix64 (Steele, Lea, Flood 2014).
///
/// Every room, user and file has a stream of its own, so that what it becomes does not depend on who was made before.
struct RandomSource: RandomNumberGenerator {
    private var state: UInt64

    /// A source of numbers that follow from these three alone.
    ///
    /// - Parameters:
    ///   - seed: the server's seed.
    ///   - purpose: what the numbers are for.
    ///   - index: which room, user or file of that purpose.
    init(seed: UInt64, _ purpose: Purpose, _ index: Int = 0) {
        state = seed
        state = next() ^ (purpose.rawValue << 56)
        state = next() ^ UInt64(truncatingIfNeeded: index)
        state = next()
    }

    enum Purpose: UInt64 {
        case schedule = 1, roomPlan, room, user, device, file, text, encrypted, key, invite
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A number below `bound`, which must not be 0 (Lemire's multiplication without its rejection step: the bias is
    /// below 2^-32 for the bounds here).
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(truncatingIfNeeded: max(bound, 1))).high)
    }

    /// A number from 0 up to 1.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func chance(_ probability: Double) -> Bool { fraction() < probability }

    mutating func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count + 7)
        while result.count < count {
            var word = next()
            for _ in 0..<8 {
                result.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        result.removeSubrange(count...)
        return result
    }

    /// Letters and digits, as in a room's or a device's id.
    mutating func letters(_ count: Int, of alphabet: [UInt8] = RandomSource.alphabet) -> [UInt8] {
        (0..<count).map { _ in alphabet[below(alphabet.count)] }
    }

    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
}
