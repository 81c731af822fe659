// SPDX-License-Identifier: Apache-2.0
import Testing
import YAML

@Suite("A block to paste")
struct EmitTests {
    @Test("is what an operator would have written")
    func block() {
        let block: YAML = [
            "old_signing_keys": [
                "ed25519:elder": [
                    "key": "mhI6HGAfNtYh0LRvDiKcSn3vwLqKcTKVAqMRFbvWZ3Y", "expired_ts": 1_600_000_000_000,
                ]
            ],
            "server_notices": ["system_mxid_localpart": "_server", "room_name": "Server Alert", "auto_join": false],
            "none": [:], "list": ["a", ["b": 1]],
        ]
        #expect(
            YAML.emit(block) == """
                old_signing_keys:
                  ed25519:elder:
                    key: mhI6HGAfNtYh0LRvDiKcSn3vwLqKcTKVAqMRFbvWZ3Y
                    expired_ts: 1600000000000
                server_notices:
                  system_mxid_localpart: '_server'
                  room_name: Server Alert
                  auto_join: false
                none: {}
                list:
                  - a
                  -
                    b: 1

                """
        )
    }

    @Test(
        "quotes what needs it",
        arguments: [
            ("yes", "'yes'"), ("y", "'y'"), ("12", "'12'"), ("", "''"), ("a: b", "'a: b'"), ("a:", "'a:'"),
            ("it's", "'it''s'"),
            ("a #b", "'a #b'"), ("-", "'-'"), ("null", "'null'"), ("a\nb", "\"a\\nb\""), ("\u{7}", "\"\\u0007\""),
            (" a", "' a'"), ("a ", "'a '"), ("@alice:a.b", "'@alice:a.b'"), ("é", "'é'"), ("~", "'~'"),
            ("1e5", "'1e5'"),
            ("a\"\\\u{85}", "\"a\\\"\\\\\\u0085\""), ("ed25519:a_b", "ed25519:a_b"), ("a+b/c", "a+b/c"),
        ]
    )
    func quoting(text: String, written: String) throws {
        #expect(YAML.emit(.mapping([("key", .string(text))])) == "key: \(written)\n")
        #expect(YAML.emit(.mapping([(text, .int(1))])) == "\(written): 1\n")
        #expect(try YAML(parsing: "key: \(written)\n")["key"].string == text)
    }

    @Test("reads back as what was written", arguments: 0..<30 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let characters = Array("ab19 .:-_'\"#,[]{}&*!|>%@`?=~\n\t\\é\u{85}\u{2028}\u{1F30D}\u{0}\u{FEFF}\r+/").map(
            String.init)
        func text() -> String {
            (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in characters.randomElement(using: &random) }
                .joined()
        }
        for _ in 0..<200 {
            let value = YAML.mapping([("one", .string(text())), ("two", .mapping([("k" + text(), .string(text()))]))])
            let written = YAML.emit(value)
            #expect(try YAML(parsing: written) == value, "\(written)")
        }
    }

    @Test("keeps numbers", arguments: [1.5, -0.0, 1e20, 1e-7, .infinity, -.infinity, 123456789.125])
    func numbers(number: Double) throws {
        #expect(try YAML(parsing: YAML.emit(YAML(.float(number)))).content == .float(number))
    }
}
