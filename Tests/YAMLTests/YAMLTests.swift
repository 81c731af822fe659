// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import YAML

@Suite("A YAML document")
struct YAMLTests {
    let document: YAML

    init() throws {
        document = try YAML(
            parsing: """
                # a comment
                version: 2
                global:
                  server_name: harbour.test
                  database: {connection_string: "postgres:///dendrite", max_open_conns: 30}
                list:
                - one
                -   two: 2
                empty:
                """,
            file: "dendrite.yaml"
        )
    }

    @Test("is walked by key and position, each value with its line")
    func lookup() {
        #expect(document["global"]["server_name"].string == "harbour.test")
        #expect(document["global"]["server_name"].line == 4)
        #expect(document["global"]["database"]["max_open_conns"].int == 30)
        #expect(document["list"].array?.count == 2)
        #expect(document["list"][1]["two"].line == 8)
        #expect(document["list"][1]["two"].int == 2)
        #expect(document.mapping?.map { $0.key.string } == ["version", "global", "list", "empty"])
    }

    @Test("answers what is not there with a missing value that has a place")
    func missing() {
        #expect(document["global"]["nothing"]["below"].isMissing)
        #expect(document["global"]["nothing"].line == 4)
        #expect(document["list"][7].isMissing)
        #expect(document["empty"].isEmpty && !document["empty"].isMissing)
        #expect(document["version"].string == nil)
        #expect(document["version"]["x"].isMissing)
    }

    @Test("may be empty")
    func empty() throws {
        for text in ["", "\n", "# only a comment\n", "---\n", "\u{FEFF}"] {
            #expect(try YAML(parsing: text).content == .null)
        }
    }

    @Test("takes the last of two values for a key")
    func duplicates() throws {
        let document = try YAML(parsing: "a: 1\nb: 2\na: 3\n")
        #expect(document["a"].int == 3)
        #expect(document["a"].line == 3)
        #expect(document == ["a": 3, "b": 2])
    }

    @Test("resolves aliases")
    func aliases() throws {
        let document = try YAML(parsing: "a: &pool\n  size: 5\nb: *pool\nc: [*pool, *pool]\n")
        #expect(document["b"]["size"].int == 5)
        #expect(document["c"][1]["size"].line == 2)
    }

    @Test("merges what << names below what is written out")
    func merge() throws {
        let text = """
            one: &one {a: 1, b: 1}
            two: &two {a: 2, c: 2}
            single: {<<: *one, b: 9}
            several: {c: 9, <<: [*one, *two]}
            quoted: {'<<': *one}
            """
        let document = try YAML(parsing: text)
        #expect(document["single"] == ["a": 1, "b": 9])
        #expect(document["several"] == ["a": 1, "c": 9, "b": 1])
        #expect(document["quoted"]["<<"]["a"].int == 1)
        #expect(throws: YAMLError.self) { try YAML(parsing: "<<: 1") }
        #expect(throws: YAMLError.self) { try YAML(parsing: "<<: [1]") }
    }

    @Test("ends lines as any system does, and may begin with a byte order mark")
    func lineEnds() throws {
        let document = try YAML(parsing: "\u{FEFF}a: é\r\nb: !!str 2\r\n")
        #expect(document["a"].string == "é")
        #expect(document["b"].string == "2")
        #expect(document["b"].line == 2)
    }

    @Test("is read from a file, which errors name")
    func file() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "a: 1\nb: [\n".write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: YAMLError.self) { try YAML(contentsOf: path) }
        #expect(error?.file == path)
        #expect(error?.line == 3)
        let absent = #expect(throws: YAMLError.self) { try YAML(contentsOf: path + ".absent") }
        #expect(absent?.description == "\(path).absent cannot be read: No such file or directory.")
        let folder = #expect(throws: YAMLError.self) { try YAML(contentsOf: "/tmp") }
        #expect(folder?.description == "/tmp cannot be read: Is a directory.")
    }

    @Test(
        "is refused with one sentence",
        arguments: [
            ("a: 1\n b: 2\n", "f.yaml, line 2, is not valid YAML: mapping values are not allowed in this context."),
            (
                "a: 'x\n",
                "f.yaml, line 2, is not valid YAML: while scanning a quoted scalar, found unexpected end of stream."
            ),
            ("a: *x\n", "f.yaml, line 1, is not valid YAML: found undefined alias."),
            ("a: 1\n---\nb: 2\n", "f.yaml, line 3, begins a second document, where one is expected."),
            ("a: &a [*a]\n", "f.yaml, line 1, contains itself through an alias."),
            ("a: 1\n[1]: 2\n", "f.yaml, line 2, has a list for a key, where only a scalar can be one."),
            ("a: !!int x\n", "f.yaml, line 1, has a text that is no value of the type !!int, as its tag demands."),
            (
                "a: !secret\n",
                "f.yaml, line 1, has a text that begins with an exclamation mark, which makes it a tag: put it in quotes."
            ),
            (
                "a: !!secret x\n",
                "f.yaml, line 1, has a text that begins with an exclamation mark, which makes it a tag: put it in quotes."
            ),
            ("a: !secret [x]\n", "f.yaml, line 1, has a tag, which has no meaning here."),
            ("a: !!map [x]\n", "f.yaml, line 1, has the tag !!map, which has no meaning here."),
            ("a: 1\nb: \u{1}\n", "f.yaml, line 2, is not a YAML file in UTF-8: control characters are not allowed."),
        ]
    )
    func refused(text: String, sentence: String) {
        let error = #expect(throws: YAMLError.self) { try YAML(parsing: text, file: "f.yaml") }
        #expect(error?.description == sentence)
    }
}
