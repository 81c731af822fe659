// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Push rules")
struct PeoplePushRuleTests {
    private func rules(_ global: String) throws -> PushRuleSet {
        PushRuleSet(try #require(CanonicalJSON(reading: Array("{\"global\":\(global)}".utf8))))
    }

    private func text(_ values: [CanonicalJSON]) -> String {
        String(decoding: CanonicalJSON.array(values).bytes, as: UTF8.self)
    }

    @Test("of the user's own keep their order, the first with the highest priority")
    func order() throws {
        let set = try rules(
            #"""
            {"override":[{"rule_id":"first","enabled":true,"actions":["notify"],"conditions":[{"kind":"x"}]},
                         {"rule_id":"second","actions":[]},
                         {"rule_id":".m.rule.reaction","default":true,"enabled":true,"actions":[]}]}
            """#)
        #expect(set.rules.map(\.name) == ["global/override/first", "global/override/second"])
        #expect(set.rules.map(\.priority) == [1, 0])
        #expect(set.rules.map(\.priorityClass) == [5, 5])
        #expect(text(set.rules[0].conditions) == #"[{"kind":"x"}]"#)
        #expect(set.enabled.map(\.name) == ["global/override/first", "global/override/second"])
        #expect(set.enabled.map(\.isEnabled) == [true, false])
    }

    @Test("that Synapse's reader of rules gives up on would have nobody write in the user's rooms, and stay behind")
    func unreadable() throws {
        let deep = String(repeating: "[", count: 130) + String(repeating: "]", count: 130)
        let set = try rules(
            #"""
            {"override":[{"rule_id":"deep","actions":[{"set_tweak":"x","value":\#(deep)}]},{"rule_id":"fine","actions":[]},
                         {"rule_id":"null","actions":[],"conditions":[null]}],
             "content":[{"rule_id":"half","pattern":"\ud83d","actions":[]}]}
            """#)
        #expect(set.rules.map(\.name) == ["global/override/fine"])
        #expect(set.unreadable == 3)
    }

    @Test("about rooms, senders and words have the conditions that the rule implies")
    func impliedConditions() throws {
        let set = try rules(
            #"""
            {"content":[{"rule_id":"w","pattern":"wörd","actions":[]}],"room":[{"rule_id":"!r:example.org","actions":[]}],
             "sender":[{"rule_id":"@s:example.org","actions":[]}]}
            """#)
        let conditions = Dictionary(uniqueKeysWithValues: set.rules.map { ($0.name, text($0.conditions)) })
        #expect(conditions["global/content/w"] == #"[{"key":"content.body","kind":"event_match","pattern":"wörd"}]"#)
        #expect(
            conditions["global/room/!r:example.org"]
                == #"[{"key":"room_id","kind":"event_match","pattern":"!r:example.org"}]"#)
        #expect(
            conditions["global/sender/@s:example.org"]
                == #"[{"key":"user_id","kind":"event_match","pattern":"@s:example.org"}]"#)
    }

    @Test(
        "that are default are stored only where their effect was changed",
        arguments: [
            (
                #"{"rule_id":".m.rule.invite_for_me","enabled":true,"actions":["notify",{"set_tweak":"sound","value":"default"}]}"#,
                false, nil
            ),
            (
                #"{"rule_id":".m.rule.invite_for_me","enabled":true,"actions":[{"set_tweak":"highlight","value":false},{"set_tweak":"sound","value":"default"},"notify"]}"#,
                false, nil
            ),
            (#"{"rule_id":".m.rule.suppress_notices","enabled":true,"actions":["dont_notify"]}"#, false, nil),
            (
                #"{"rule_id":".m.rule.invite_for_me","enabled":true,"actions":["notify",{"set_tweak":"sound","value":"bell"}]}"#,
                true, nil
            ),
            (#"{"rule_id":".m.rule.invite_for_me","enabled":true,"actions":[]}"#, true, nil),
            (
                #"{"rule_id":".m.rule.tombstone","enabled":true,"actions":["notify",{"set_tweak":"highlight"},{"set_tweak":"sound","value":null}]}"#,
                false, nil
            ),
            (#"{"rule_id":".m.rule.master","enabled":true,"actions":[]}"#, false, true),
            (#"{"rule_id":".m.rule.reaction","actions":[]}"#, false, false),
        ] as [(String, Bool, Bool?)])
    func defaults(rule: String, isStored: Bool, isEnabled: Bool?) throws {
        let set = try rules("{\"override\":[\(rule)]}")
        #expect(set.rules.map(\.priorityClass) == (isStored ? [-1] : []))
        #expect(set.rules.map(\.priority) == (isStored ? [1] : []))
        #expect(set.enabled.map(\.isEnabled) == (isEnabled.map { [$0] } ?? []))
    }

    @Test("that nobody knows or can name are counted")
    func unknown() throws {
        let set = try rules(
            #"""
            {"override":[{"rule_id":".m.rule.brand_new","actions":[]},{"rule_id":7},{"rule_id":"a\u0000b"},"x",
                         {"rule_id":"twice","actions":[]},{"rule_id":"twice","actions":["notify"]}],
             "postcontent":[{"rule_id":"p"}]}
            """#)
        #expect(set.unknownDefaults == 1)
        #expect(set.unreadable == 5)
        #expect(set.rules.map(\.name) == ["global/override/twice"])
    }

    @Test(
        "whose parts are not what they should be are counted",
        arguments: [
            (#"{"override":{}}"#, 1), (#"{"override":null,"room":7}"#, 2), ("7", 1), ("{}", 0),
            (#"{"override":[{"rule_id":"a","actions":{},"conditions":"x"}]}"#, 2),
            (#"{"override":[{"rule_id":"a","actions":null}],"room":[]}"#, 0),
        ])
    func unreadable(global: String, count: Int) throws {
        #expect(try rules(global).unreadable == count)
    }

    @Test(
        "whose document is odd give nothing, and no crash",
        arguments: ["{}", "[]", "null", "1", #"{"override":{}}"#, #"{"override":[[]]}"#, #"{"override":null}"#])
    func odd(global: String) throws {
        #expect(try rules(global).rules.isEmpty)
    }
}
