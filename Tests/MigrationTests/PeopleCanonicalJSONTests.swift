// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Canonical JSON")
struct PeopleCanonicalJSONTests {
    private func canonical(_ text: String) -> String? {
        CanonicalJSON(reading: Array(text.utf8)).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test(
        "has members in the order of code points, no spacing and no needless escapes",
        arguments: [
            (#"{ "b" : 1 , "a" : [ true , null , false ] }"#, #"{"a":[true,null,false],"b":1}"#),
            (#"{"日":1,"本":2,"é":3,"z":4,"😀":5,"ﬀ":6}"#, #"{"z":4,"é":3,"日":1,"本":2,"ﬀ":6,"😀":5}"#),
            (#""\u00e9\ud83d\ude00\/\u0041""#, #""é😀/A""#),
            (#""\"\\\b\t\n\f\r\u0001\u001F""#, #""\"\\\b\t\n\f\r\u0001\u001f""#),
            (#"{"a":1,"a":2}"#, #"{"a":2}"#),
            ("[]", "[]"), (" {} ", "{}"), (#""""#, #""""#),
        ])
    func form(text: String, expected: String) {
        #expect(canonical(text) == expected)
    }

    @Test(
        "keeps numbers as they were written",
        arguments: ["0", "-0", "1.50", "1E300", "12345678901234567890123", "-1.5e-7", "1e-400"])
    func numbers(text: String) {
        #expect(canonical(text) == text)
    }

    @Test("takes no number that Python cannot read, or not write again")
    func unreadableNumbers() {
        for text in [
            "1E400", "[-1e999]", String(repeating: "9", count: 4301), String(repeating: "9", count: 400) + ".0",
        ] {
            #expect(canonical(text) == nil)
        }
        #expect(canonical("-" + String(repeating: "9", count: 4300)) != nil)
    }

    @Test("knows what UTF-8 cannot hold, and how deep it is")
    func surrogatesAndDepth() throws {
        for text in [#""\ud800""#, #"[{"a":["\udfff"]}]"#, #"{"\ud800":1}"#] {
            #expect(CanonicalJSON(reading: Array(text.utf8))?.holdsLoneSurrogates == true)
        }
        for text in [#""\ud83d\ude00""#, "[1,null,true]", #"{"é":{}}"#] {
            #expect(CanonicalJSON(reading: Array(text.utf8))?.holdsLoneSurrogates == false)
        }
        for (text, depth) in [("1", 1), ("[]", 1), ("[1]", 2), (#"{"a":[{}],"b":1}"#, 3)] {
            #expect(CanonicalJSON(reading: Array(text.utf8))?.depth == depth)
        }
    }

    @Test("keeps lone surrogates, escaped, and two in the wrong order apart")
    func loneSurrogates() {
        #expect(canonical(#"["\ud800","\udfff\ud800","\ud800\u0041"]"#) == #"["\ud800","\udfff\ud800","\ud800A"]"#)
    }

    @Test("tells composed from decomposed characters, which Swift's strings take for equal")
    func equivalence() {
        #expect(CanonicalJSON(reading: Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))?.members?.count == 2)
    }

    @Test(
        "takes nothing else for JSON",
        arguments: [
            "", " ", "{", "{\"a\":", "[1,]", "{\"a\":1,}", "{a:1}", "nul", "01", "1.", ".5", "+1", "1e", "NaN",
            "\"\n\"",
            "\"\\x\"", "\"\\u12g4\"", "\"", "1 2", "[1}", "'a'", "tru",
        ])
    func notJSON(text: String) {
        #expect(CanonicalJSON(reading: Array(text.utf8)) == nil)
    }

    @Test("gives up on nesting that nobody can read, instead of the stack")
    func nesting() {
        let depth = 500_000
        #expect(CanonicalJSON(reading: Array(repeating: UInt8(ascii: "["), count: depth)) == nil)
        #expect(canonical(String(repeating: "[", count: 800) + String(repeating: "]", count: 800)) != nil)
    }

    @Test("gives text only where PostgreSQL can hold it")
    func text() {
        #expect(CanonicalJSON(reading: Array(#""a\u0000b""#.utf8))?.text == nil)
        #expect(CanonicalJSON(reading: Array(#""\ud800""#.utf8))?.text == nil)
        #expect(CanonicalJSON(reading: Array(#""\u00e9""#.utf8))?.text == "é")
        #expect(CanonicalJSON(reading: Array("1".utf8))?.text == nil)
    }
}
