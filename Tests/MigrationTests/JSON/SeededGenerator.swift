// SPDX-License-Identifier: Apache-2.0
import Foundation

/// SplitMix64: the same numbers for the same seed, so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
    /// Rounds of scripts/fuzz, each with seeds of its own.
    private static let round = UInt64(ProcessInfo.processInfo.environment["FUZZ_ROUND"] ?? "") ?? 0
    private var state: UInt64

    init(_ seed: Int) {
        state = (UInt64(truncatingIfNeeded: seed) &+ Self.round << 40) &* 0x9E37_79B9_7F4A_7C15
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// True once in `times`.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
