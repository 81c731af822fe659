// SPDX-License-Identifier: Apache-2.0
import Migration
import Testing

@Suite("A server's name")
struct ServerNameTests {
    @Test(
        "is a host, perhaps with a port",
        arguments: [
            "example.org", "localhost", "EXAMPLE.org:8448", "1.2.3.4", "1.2.3.4:5", "[1234:5678::abcd]", "[::1]:8448",
            "a-b.example",
        ])
    func valid(name: String) { #expect(ServerName.isValid(name)) }

    @Test(
        "is nothing else",
        arguments: [
            "", ":8448", "a b", "a_b", "exämple.org", "example.org:", "example.org:123456", "example.org:8a", "a/b",
            "[]",
            "[::1", "[::1]8448", "[example.org]", "a'b", "a\u{0}", "a\n", "example.org:1:2",
            String(repeating: "a", count: 256),
        ])
    func invalid(name: String) { #expect(!ServerName.isValid(name)) }
}
