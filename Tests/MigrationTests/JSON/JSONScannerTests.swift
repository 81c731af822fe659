// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Migration

/// Foundation's reader is the measure: written by others, and checked by many.
@Suite("The JSON scanner")
struct JSONScannerTests {
    /// Whether the scanner takes all bytes as one value.
    private func accepts(_ bytes: [UInt8]) -> Bool { fault(bytes) == nil }

    private func fault(_ bytes: [UInt8]) -> String? {
        let span = bytes.span
        var at = 0
        JSONScanner.skipSpace(span, &at)
        do throws(JSONFault) {
            try JSONScanner.skipValue(span, &at, depth: 0)
        } catch { return error.reason }
        return JSONScanner.isEnd(span, at) ? nil : "more"
    }

    private func parsed(_ bytes: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    }

    /// Whether a text holds what Foundation makes of it.
    private func isSame(_ bytes: [UInt8], _ expected: Any) throws -> Bool {
        try isSame(bytes.span, 0..<bytes.count, expected)
    }

    private func text(ofLiteral bytes: [UInt8]) -> [UInt8]? { JSONScanner.string(bytes.span, 0..<bytes.count) }

    private func member(_ name: StaticString, of bytes: [UInt8]) -> String? {
        JSONScanner.member(name, of: bytes.span, in: 0..<bytes.count).map {
            String(decoding: bytes[$0], as: UTF8.self)
        }
    }

    /// Compares a value with what Foundation makes of it.
    private func isSame(_ bytes: Span<UInt8>, _ range: Range<Int>, _ expected: Any) throws -> Bool {
        switch expected {
        case let text as String:
            return JSONScanner.text(bytes, range).map { Array($0.utf8) } == Array(text.utf8)
        case let object as [String: Any]:
            var (count, isSame) = (0, true)
            let isObject = try JSONScanner.forEachMember(of: bytes, in: range) { member throws(JSONFault) in
                let key = String(decoding: JSONScanner.unescaped(bytes, member.key), as: UTF8.self)
                count += 1
                if let value = object[key], (try? self.isSame(bytes, member.value, value)) == true { return }
                isSame = false
            }
            return isObject && isSame && count == object.count
        case let array as [Any]:
            var (count, isSame) = (0, true)
            let isArray = try JSONScanner.forEachElement(of: bytes, in: range) { element throws(JSONFault) in
                if count >= array.count || (try? self.isSame(bytes, element, array[count])) != true { isSame = false }
                count += 1
            }
            return isArray && isSame && count == array.count
        case is NSNull: return JSONScanner.equals(bytes, range, "null")
        case let number as NSNumber:
            let text = String(decoding: Array(bytes, range), as: UTF8.self)
            if text == "true" || text == "false" { return number.boolValue == (text == "true") }
            // Foundation reads long decimals as Decimal, whose conversion is off by a unit for every few powers of ten.
            guard let value = Double(text), abs(value - number.doubleValue) <= abs(value) * 0x1p-47 else {
                return false
            }
            guard let integer = Int64(text) else { return JSONScanner.integer(bytes, range) == nil }
            return JSONScanner.integer(bytes, range) == integer && number.int64Value == integer
        default: return false
        }
    }

    @Test("finds in any text what Foundation finds", arguments: 0..<10)
    func values(block: Int) throws {
        for seed in (block * 100)..<(block * 100 + 100) {
            let bytes = Array(GeneratedJSON.value(seed: seed).utf8)
            let expected = try #require(parsed(bytes), "seed \(seed)")
            #expect(accepts(bytes), "seed \(seed)")
            #expect(try isSame(bytes, expected), "seed \(seed)")
        }
    }

    @Test("takes and refuses what Foundation does, in texts that somebody damaged", arguments: 0..<10)
    func damaged(block: Int) throws {
        for seed in (block * 500)..<(block * 500 + 500) {
            let bytes = GeneratedJSON.mutated(Array(GeneratedJSON.value(seed: seed).utf8), seed: ~seed)
            let fault = fault(bytes)
            guard String(validating: bytes, as: UTF8.self) != nil else {
                #expect(fault != nil, "seed \(seed)")
                continue
            }
            // Foundation takes such text for UTF-16.
            guard !bytes.contains(0) else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            // RFC 8259 has no commas at the end, whatever Foundation says.
            if fault == "no JSON", text.contains(#/,[ \t\r\n]*([\]}]|$)/#.matchingSemantics(.unicodeScalar)) {
                continue
            }
            // Foundation takes exponents of many digits for something finite.
            if fault == "a number too large", text.contains(#/[eE]\+?[0-9]{4,}/#) { continue }
            #expect((fault == nil) == (parsed(bytes) != nil), "seed \(seed): \(fault ?? "taken") \(text)")
        }
    }

    @Test("finds the last of several members with the same name")
    func repeated() {
        let bytes = Array(#"{"a":1,"b":{"a":2},"a":[3],"c":4}"#.utf8)
        #expect(member("a", of: bytes) == "[3]")
        #expect(member("d", of: bytes) == nil)
    }

    @Test(
        "refuses half a surrogate pair",
        arguments: [
            #""\ud83d""#, #""\ud83dx""#, #""\ude00""#, #""\ud83d\ud83d\ude00""#, #""\ud83d\u0041""#, #""\ud83d\n""#,
            #"{"\udc00":1}"#,
        ])
    func halfPairs(text: String) {
        #expect(fault(Array(text.utf8)) == "half a surrogate pair")
    }

    @Test(
        "refuses numbers that Synapse reads as infinite, or not at all",
        arguments: [
            "1e309", "-1e400", "[1E+999]", "0.1e99999999999999999999", "1" + String(repeating: "0", count: 310) + ".5",
        ])
    func infinite(text: String) {
        #expect(fault(Array(text.utf8)) == "a number too large")
    }

    @Test(
        "takes numbers that no double holds exactly",
        arguments: [
            "9007199254740993", "1e308", "0e999999", "1e-999999", "-0.0", String(repeating: "7", count: 400),
            "123456789.123456789123456789",
        ])
    func large(text: String) {
        #expect(accepts(Array(text.utf8)))
        #expect(fault(Array(String(repeating: "7", count: 4301).utf8)) == "a number too large")
    }

    @Test("takes strings that are UTF-8, as the standard library judges, and no others", arguments: 0..<20)
    func utf8(block: Int) {
        var random = SeededGenerator(block)
        // Where the tables of the standard change, and ASCII between them.
        let edges: [UInt8] = [
            0x20, 0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
            0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<2_000 {
            var text: [UInt8] = []
            for _ in 0..<random.below(6) {
                if random.once(in: 2) {
                    text.append(random.pick(edges))
                } else {
                    let scalar = Unicode.Scalar(UInt32(random.below(0x11_0000))) ?? "a"
                    text += String(Character(scalar)).utf8
                }
                if random.once(in: 4) { text += Array(repeating: UInt8(ascii: "a"), count: random.below(9)) }
            }
            text.removeAll { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
            let isValid = String(validating: text, as: UTF8.self) != nil
            #expect(accepts([UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")]) == isValid, "block \(block): \(text)")
        }
    }

    @Test("follows nesting as deep as it says and no deeper")
    func nesting() {
        func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        #expect(accepts(nested(JSONScanner.deepest, "[", "]")))
        #expect(accepts(nested(JSONScanner.deepest, #"{"a":"#, "}")))
        #expect(fault(nested(JSONScanner.deepest + 1, "[", "]")) == "nested too deeply")
        #expect(fault(nested(200_000, #"{"a":["#, "]}")) == "nested too deeply")
    }

    @Test("survives any bytes", arguments: 0..<20)
    func anyBytes(block: Int) {
        var random = SeededGenerator(block)
        let (everyByte, telling) = (Array(UInt8(0)...255), Array(#"{}[]:,"\udtfn-0.e 1"#.utf8))
        for _ in 0..<500 {
            let alphabet = random.once(in: 2) ? everyByte : telling
            let bytes = (0..<random.below(60)).map { _ in random.pick(alphabet) }
            let span = bytes.span
            _ = fault(bytes)
            _ = JSONScanner.member("a", of: span, in: 0..<span.count)
            _ = try? JSONScanner.forEachElement(of: span, in: 0..<span.count) { _ throws(JSONFault) in }
            var reader = EventReader()
            _ = try? reader.read(span, keepsEventID: false)
        }
    }

    @Test("writes literals that are read back the same", arguments: 0..<60)
    func literals(seed: Int) throws {
        var random = SeededGenerator(seed)
        var text = ""
        for _ in 0..<random.below(30) {
            text.unicodeScalars.append(Unicode.Scalar(UInt32(random.below(0xD800))) ?? "?")
            if random.once(in: 2) { text.unicodeScalars.append(Unicode.Scalar(UInt8(random.below(0x60)))) }
        }
        let literal = JSONScanner.literal(Array(text.utf8).span)
        #expect(self.text(ofLiteral: literal) == Array(text.utf8))
        #expect((parsed(literal) as? String).map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test("tells whether a string says a text, of whatever length and however it is written")
    func texts() {
        let long = "@someone:example.org"
        for text in (0...long.utf8.count).map({ String(long.prefix($0)) }) + ["a\"b\\c", "é\u{1F600}", "\n"] {
            let bytes = Array(text.utf8)
            let escaped = text.utf16.map { String(format: "\\u%04x", $0) }.joined()
            for literal in [JSONScanner.literal(bytes.span), Array("\"\(escaped)\"".utf8)] {
                func says(_ other: [UInt8]) -> Bool { JSONScanner.isText(literal.span, 0..<literal.count, other.span) }
                #expect(says(bytes) && !says(bytes + [120]))
                #expect(
                    bytes.indices.allSatisfy { index in
                        var other = bytes
                        other[index] ^= 1
                        return !says(other) && !says(Array(bytes[..<index]))
                    })
            }
        }
    }

    @Test("reads whole numbers that fit and no others")
    func integers() {
        func integer(_ text: String) -> Int64? {
            let bytes = Array(text.utf8)
            return JSONScanner.integer(bytes.span, 0..<bytes.count)
        }
        #expect(integer("9223372036854775807") == .max)
        #expect(integer("-9223372036854775808") == .min)
        #expect(integer("-0") == 0)
        for text in [
            "9223372036854775808", "-9223372036854775809", "1.0", "1e3", "-", "\"1\"", "null", "18446744073709551615",
        ] {
            #expect(integer(text) == nil, "\(text)")
        }
    }
}
