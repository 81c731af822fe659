// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("The reference hash")
struct ReferenceHashTests {
    private func id(_ event: String, _ version: String) throws -> String? {
        let event = try #require(CanonicalJSON(reading: Array(event.utf8)))
        return try #require(ReferenceHash(RoomVersion(version))).eventID(of: event)
    }

    private static let message =
        #"{"type":"m.room.message","sender":"@a:b","content":{},"hashes":{"sha256":"x"},"origin_server_ts":1,"depth":1"#

    @Test("does not cover signatures, unsigned, an event_id, and what redaction takes away", arguments: 3...12)
    func uncovered(version: Int) throws {
        let bare = try id(Self.message + "}", "\(version)")
        #expect(
            try id(
                Self.message
                    + #","signatures":{"b":{}},"unsigned":{"age":1},"event_id":"$x","redacts":"$y","custom":1}"#,
                "\(version)") == bare)
        #expect(try id(Self.message + #","prev_events":[]}"#, "\(version)") != bare)
        #expect(try id(Self.message + #","state_key":""}"#, "\(version)") != bare)
    }

    @Test("covers what the room version's redaction keeps")
    func versions() throws {
        func differs(_ type: String, _ content: String, _ version: String) throws -> Bool {
            try id(#"{"type":"\#(type)","content":{}}"#, version)
                != id(#"{"type":"\#(type)","content":\#(content)}"#, version)
        }
        #expect(try differs("m.room.aliases", #"{"aliases":[]}"#, "5"))
        #expect(try !differs("m.room.aliases", #"{"aliases":[]}"#, "6"))
        #expect(try !differs("m.room.join_rules", #"{"allow":[]}"#, "7"))
        #expect(try differs("m.room.join_rules", #"{"allow":[]}"#, "8"))
        #expect(try !differs("m.room.member", #"{"join_authorised_via_users_server":"@a:b"}"#, "8"))
        #expect(try differs("m.room.member", #"{"join_authorised_via_users_server":"@a:b"}"#, "9"))
        #expect(try !differs("m.room.create", #"{"predecessor":{}}"#, "10"))
        #expect(try differs("m.room.create", #"{"predecessor":{}}"#, "11"))
        #expect(try !differs("m.room.power_levels", #"{"invite":1}"#, "10"))
        #expect(try differs("m.room.power_levels", #"{"invite":1}"#, "11"))
        #expect(try !differs("m.room.redaction", #"{"redacts":"$x"}"#, "10"))
        #expect(try differs("m.room.redaction", #"{"redacts":"$x"}"#, "12"))
        #expect(try id(#"{"type":"x","origin":"b"}"#, "10") != id(#"{"type":"x"}"#, "10"))
        #expect(try id(#"{"type":"x","origin":"b"}"#, "11") == id(#"{"type":"x"}"#, "11"))
    }

    @Test("writes ids in the alphabet of the room version, and none where events name themselves")
    func alphabets() throws {
        let first = try #require(try id(Self.message + "}", "3"))
        #expect(try id(Self.message + "}", "4") == first.replacing("+", with: "-").replacing("/", with: "_"))
        #expect(ReferenceHash(RoomVersion("2")) == nil)
        #expect(ReferenceHash(RoomVersion("org.example.unknown")) == nil)
    }
}
