// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Migration

@Suite("The event reader")
struct EventReaderTests {
    private typealias Member = (key: [UInt8], value: [UInt8])

    private func members(_ bytes: [UInt8]) throws -> [Member] {
        var members: [Member] = []
        let span = bytes.span
        let isObject = try JSONScanner.forEachMember(of: span, in: 0..<span.count) { member throws(JSONFault) in
            members.append((Array(span, member.key), Array(span, member.value)))
        }
        try #require(isObject)
        return members
    }

    private func carried(_ bytes: [UInt8], keepsEventID: Bool) throws -> [UInt8] {
        var reader = EventReader()
        try reader.read(bytes.span, keepsEventID: keepsEventID)
        var text = Array("{".utf8)
        for run in reader.carried { text += Array(bytes.span, run) + Array(",".utf8) }
        return text + Array(#""unsigned":{}}"#.utf8)
    }

    /// An event with its members, and some that mean nothing, in any order.
    private func event(seed: Int) -> [UInt8] {
        var random = SeededGenerator(seed)
        var members = [
            #""type":"m.room.message""#, #""sender" : "@a:example.org""#,
            #""content":\#(GeneratedJSON.object(seed: seed))"#,
            #""origin_server_ts": 1600000000000"#, #""depth":9007199254740993"#,
            #""hashes" : { "sha256" : "h" }"#, #""prev_events":[]"#, #""auth_events":["$a"]"#,
        ]
        if random.once(in: 2) { members.append(#""event_id":"$e:example.org""#) }
        if random.once(in: 2) { members.append(#""unsigned":\#(GeneratedJSON.value(seed: seed + 1))"#) }
        if random.once(in: 3) { members.append(#""unsigned":{"age":1}"#) }
        if random.once(in: 2) { members.append(#""state_key":"","prev_events":["$b"]"#) }
        for number in 0..<random.below(4) {
            members.append("\"x\(number)\":\(GeneratedJSON.value(seed: seed + number))")
        }
        let gap = random.pick(["", " ", "\n\t"])
        return Array("{\(gap)\(members.shuffled(using: &random).joined(separator: gap + "," + gap))\(gap)}\(gap)".utf8)
    }

    @Test("carries every member but unsigned and event_id, each to the byte", arguments: 0..<20)
    func everyByte(block: Int) throws {
        for seed in (block * 100)..<(block * 100 + 100) {
            for keepsEventID in [false, true] {
                let bytes = event(seed: seed)
                let expected = try members(bytes).filter {
                    !$0.key.elementsEqual("unsigned".utf8) && (keepsEventID || !$0.key.elementsEqual("event_id".utf8))
                }
                let text = try carried(bytes, keepsEventID: keepsEventID)
                #expect(try JSONSerialization.jsonObject(with: Data(text)) is [String: Any], "seed \(seed)")
                let found = try members(text).dropLast()
                #expect(found.map(\.key) == expected.map(\.key), "seed \(seed)")
                #expect(found.map(\.value) == expected.map(\.value), "seed \(seed)")
            }
        }
    }

    @Test("keeps its wits about damaged events", arguments: 0..<20)
    func damaged(block: Int) {
        var reader = EventReader()
        for seed in (block * 200)..<(block * 200 + 200) {
            let bytes = GeneratedJSON.mutated(event(seed: seed), seed: seed)
            guard (try? reader.read(bytes.span, keepsEventID: false)) != nil else { continue }
            #expect(
                (try? JSONSerialization.jsonObject(with: Data(bytes))) is [String: Any]
                    || String(validating: bytes, as: UTF8.self) == nil || bytes.contains(0), "seed \(seed)")
            #expect([reader.type, reader.sender, reader.content].map { bytes[$0.lowerBound] } == Array("\"\"{".utf8))
            #expect(reader.carried.allSatisfy { 0 < $0.lowerBound && $0.upperBound < bytes.count })
        }
    }

    private static let plain =
        #"{"type":"t","sender":"s","content":{},"origin_server_ts":1,"depth":1,"hashes":{},"prev_events":[],"auth_events":[]}"#

    private func parents(_ json: String) throws -> (previous: [String], auth: [String]) {
        let bytes = Array(json.utf8)
        var reader = EventReader()
        try reader.read(bytes.span, keepsEventID: true)
        func text(_ ids: [Range<Int>]) -> [String] {
            ids.map { String(decoding: Array(bytes.span, $0), as: UTF8.self) }
        }
        return (text(reader.previousEvents), text(reader.authEvents))
    }

    @Test("finds parents in both ways of writing them, and passes over what is neither")
    func parents() throws {
        let head = #""type":"t","sender":"@a:b","content":{},"origin_server_ts":1,"hashes":{},"depth":1"#
        let pairs = try parents(#"{\#(head),"prev_events":[["$a:x",{"sha256":"h"}],["$b:x"]],"auth_events":[]}"#)
        #expect(pairs == (["$a:x", "$b:x"], []))
        let plain = try parents(#"{\#(head),"prev_events":["$a+/","$b"],"auth_events":["$c"]}"#)
        #expect(plain == (["$a+/", "$b"], ["$c"]))
        let odd = try parents(#"{\#(head),"prev_events":[1,null,[],[{}],[1,"$no"],"$a"],"auth_events":[null]}"#)
        #expect(odd == (["$a"], []))
    }

    @Test("refuses what is nested more deeply than Synapse reads, the event and its content among the levels")
    func nesting() throws {
        func read(_ levels: Int) throws {
            let value = String(repeating: "[", count: levels - 2) + String(repeating: "]", count: levels - 2)
            let bytes = Array(Self.plain.replacing("{}", with: #"{"a":\#(value)}"#, maxReplacements: 1).utf8)
            var reader = EventReader()
            let span = bytes.span
            try reader.read(span, keepsEventID: false)
        }
        try read(127)
        #expect(throws: JSONFault.self) { try read(128) }
    }

    @Test(
        "refuses what is no event, in words that do not quote it",
        arguments: [
            "", "{}", "[]", "null", "\"x\"", #"{"type":"t"}"#,
            #"{"type":1,"sender":"s","content":{},"origin_server_ts":1}"#,
            #"{"type":"t","sender":"s","content":[],"origin_server_ts":1}"#,
            #"{"type":"t","sender":"s","content":{},"origin_server_ts":"1"}"#,
            #"{"type":"t","sender":"s","content":{},"origin_server_ts":1.5}"#,
            #"{"type":"t","sender":"s","content":{},"origin_server_ts":1}{}"#,
            #"{"type":"t","sender":"s","content":{"secret"words":1},"origin_server_ts":1}"#,
            plain.replacing(#""hashes":{}"#, with: #""hash":{}"#),
            plain.replacing(#""hashes":{}"#, with: #""hashes":[]"#),
            plain.replacing(#""hashes":{}"#, with: #""hashes":{"sha256":5}"#),
            plain.replacing(#""depth":1"#, with: #""depth":1.0"#), plain.replacing(#""depth":1"#, with: #""deep":1"#),
            plain.replacing(#""depth":1"#, with: #""depth":9223372036854775808"#),
            plain.replacing(#""prev_events":[]"#, with: #""prev_events":null"#),
            plain.replacing(#""auth_events":[]"#, with: #""auth":[]"#),
            plain.replacing(#""depth":1"#, with: #""depth":1,"state_key":null"#),
        ])
    func noEvents(text: String) {
        var reader = EventReader()
        let bytes = Array(text.utf8)
        let fault = #expect(throws: JSONFault.self) {
            let span = bytes.span
            try reader.read(span, keepsEventID: false)
        }
        #expect(fault?.description.contains("secret") == false)
    }
}
