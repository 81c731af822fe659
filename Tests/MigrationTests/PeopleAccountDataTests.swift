// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Account data with tables of its own")
struct PeopleAccountDataTests {
    private func read(_ text: String) throws -> CanonicalJSON {
        try #require(CanonicalJSON(reading: Array(text.utf8)))
    }

    @Test("has a row for each tag, and an empty object where a tag holds none")
    func tags() throws {
        let content = #"{"tags":{"u.b":null,"m.favourite":{"order":0.50},"u.é":{"x":"\ud800"},"u.a":[]}}"#
        let tags = AccountDataTables.tags(in: try read(content))
        #expect(tags.map { CanonicalJSON.text($0.name) } == ["m.favourite", "u.a", "u.b", "u.é"])
        #expect(
            tags.map { String(decoding: $0.detail.bytes, as: UTF8.self) }
                == [#"{"order":0.50}"#, "{}", "{}", #"{"x":"\ud800"}"#])
    }

    @Test(
        "counts what is no tag or no details of one",
        arguments: [
            (#"{"tags":{"u.a":{},"u.b":null,"u.c":[],"u.d":7}}"#, 2), (#"{"tags":[],"x":{}}"#, 2), ("{}", 0),
            (#"{"tags":{}}"#, 0),
        ])
    func partsWithoutPlace(content: String, count: Int) throws {
        #expect(AccountDataTables.partsWithoutPlace(in: try read(content)) == count)
    }

    @Test(
        "has no tags in a content that has none", arguments: ["{}", #"{"tags":null}"#, #"{"tags":[]}"#, #"{"tags":1}"#])
    func noTags(content: String) throws {
        #expect(AccountDataTables.tags(in: try read(content)).isEmpty)
    }

    @Test("names ignored users, less what can be nobody's id")
    func ignoredUsers() throws {
        let content = #"{"ignored_users":{"@b:example.org":{},"@a:example.org":null,"@\u0000":{}}}"#
        #expect(AccountDataTables.ignoredUsers(in: try read(content)) == ["@a:example.org", "@b:example.org"])
        #expect(AccountDataTables.ignoredUsers(in: try read(#"{"ignored_users":["@a:example.org"]}"#)).isEmpty)
    }
}
