// SPDX-License-Identifier: Apache-2.0

/// One state of a room: the state event at each key, and a fingerprint of the whole that costs nothing to keep.
struct RoomState: Sendable {
    /// Two states of a room are equal if their fingerprints are: 128 bits, the exclusive or of a mix of each entry.
    ///
    /// The mix depends on a number of this run's: with a fixed one somebody could make a room with two states that pass for one.
    struct Fingerprint: Hashable, Sendable {
        var high: UInt64 = 0
        var low: UInt64 = 0
    }

    /// By key: the index of the state event, or -1.
    private(set) var entries: [Int32]
    /// Keys that are set.
    private(set) var count = 0
    private(set) var fingerprint = Fingerprint()

    init(keys: Int) {
        entries = Array(repeating: -1, count: keys)
    }

    /// Sets a key, or clears it with -1.
    mutating func set(_ key: Int32, to event: Int32) {
        let old = entries[Int(key)]
        guard old != event else { return }
        if old >= 0 { toggle(key, old) } else { count += 1 }
        if event >= 0 { toggle(key, event) } else { count -= 1 }
        entries[Int(key)] = event
    }

    private mutating func toggle(_ key: Int32, _ event: Int32) {
        let entry = UInt64(UInt32(bitPattern: key)) << 32 | UInt64(UInt32(bitPattern: event))
        fingerprint.high ^= Self.mixed(entry &+ Self.secret.high)
        fingerprint.low ^= Self.mixed(entry ^ Self.secret.low)
    }

    private static let secret = Fingerprint(high: .random(in: .min ... .max), low: .random(in: .min ... .max))

    /// The finalizer of SplitMix64.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
