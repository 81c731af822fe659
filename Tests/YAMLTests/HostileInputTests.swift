// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import YAML

@Suite("Hostile YAML")
struct HostileInputTests {
    @Test("of nested aliases is refused, not written out")
    func aliasBomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        let error = #expect(throws: YAMLError.self) { try YAML(parsing: text) }
        #expect(error?.what.contains("aliases") == true)
    }

    @Test("of merged aliases is refused too")
    func mergeBomb() {
        var text = "a0: &a0 {k: [x, x, x, x, x, x, x, x, x, x]}\n"
        for level in 1...20 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) {<<: [\(Array(repeating: alias, count: 10).joined(separator: ", "))]}\n"
        }
        #expect(throws: YAMLError.self) { try YAML(parsing: text) }
    }

    @Test("that is nested too deep is refused", arguments: ["[", "{a: ", "- "])
    func depth(opening: String) {
        #expect(throws: YAMLError.self) { try YAML(parsing: String(repeating: opening, count: 5_000)) }
        let nested = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(throws: YAMLError.self) { try YAML(parsing: nested) }
    }

    @Test("that is nested through aliases is measured with them")
    func depthThroughAliases() {
        var text = "a0: &a0 [x]\n"
        for level in 1...200 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(throws: YAMLError.self) { try YAML(parsing: text) }
    }

    @Test("of random bytes gives a document or an error", arguments: 0..<40 as Range<UInt64>)
    func randomBytes(seed: UInt64) {
        var random = SplitMix(state: seed)
        for _ in 0..<100 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = try? YAML(parsing: bytes, file: "random")
        }
    }

    @Test("of random tokens gives a document or an error", arguments: 0..<40 as Range<UInt64>)
    func randomTokens(seed: UInt64) {
        let tokens = [
            "a", "b: ", "- ", "\n", "  ", "[", "]", "{", "}", ", ", "&x ", "*x", "!!str ", "!t ", "'", "\"", "|\n", ">",
            "<<: ",
            "? ", "---\n", "...\n", "#", "%YAML 1.1\n", "0x", "1:30", "1.5e+3", "_", "~", "é", "\u{FEFF}", "\t", ":",
            "\\u",
        ]
        var random = SplitMix(state: seed)
        for _ in 0..<200 {
            let count = Int.random(in: 0...40, using: &random)
            let text = (0..<count).compactMap { _ in tokens.randomElement(using: &random) }.joined()
            guard let document = try? YAML(parsing: text) else { continue }
            // What could be read can be written and read again, but for NaN, which equals nothing.
            #expect((try? YAML(parsing: YAML.emit(document))) == document, "\(text.debugDescription)")
        }
    }
}

/// A small generator with a seed, so that a failure can be repeated (splitmix64).
struct SplitMix: RandomNumberGenerator {
    /// Rounds of scripts/fuzz, each with seeds of its own.
    private static let round = UInt64(ProcessInfo.processInfo.environment["FUZZ_ROUND"] ?? "") ?? 0
    var state: UInt64

    init(state: UInt64) { self.state = state &+ Self.round << 40 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
