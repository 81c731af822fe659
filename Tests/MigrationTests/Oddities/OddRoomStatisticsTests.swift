// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("Statistics of rooms and users", .temporaryDatabase)
struct OddRoomStatisticsTests {
    @Test("are what Synapse would compute, and whether guests may join")
    func described() async throws {
        let server = try OddServer()
        let room = server.room()
        room.state("m.room.name", content: #"{"name":"The name"}"#)
        room.state("m.room.canonical_alias", content: ##"{"alias":"#room:example.org"}"##)
        room.state("m.room.join_rules", content: #"{"join_rule":"knock"}"#)
        room.state("m.room.history_visibility", content: #"{"history_visibility":"joined"}"#)
        room.state("m.room.encryption", content: #"{"algorithm":"m.megolm.v1.aes-sha2"}"#)
        room.state("m.room.avatar", content: #"{"url":"mxc://example.org/a"}"#)
        room.state("m.room.guest_access", content: #"{"guest_access":"can_join"}"#)
        room.state(
            "m.room.topic",
            content:
                #"{"topic":"plain","m.topic":{"m.text":[{"mimetype":"text/html","body":"<b>"},{"body":5},{"body":"first"}]}}"#
        )
        room.state("m.room.name", "other", content: #"{"name":"of nothing"}"#)
        try await server.migrate()
        #expect(
            try server.rows(
                """
                SELECT name, canonical_alias, join_rules, history_visibility, encryption, avatar, guest_access, topic,
                       room_type, is_federatable
                FROM room_stats_state
                """) == [
                    "The name|#room:example.org|knock|joined|m.megolm.v1.aes-sha2|mxc://example.org/a|can_join|first|-|t"
                ])
    }

    @Test("say nothing where the state is of another kind, was redacted or cannot be read")
    func undescribed() async throws {
        let server = try OddServer()
        let room = server.room()
        room.state("m.room.name", content: #"{"name":["The name"]}"#)
        room.state("m.room.avatar", content: #"{"url":"mxc://example.org/\u0000"}"#)
        room.state("m.room.topic", content: #"{"topic":null,"m.topic":{"m.text":[{"body":"first"}]}}"#)
        room.state("m.room.guest_access", content: "{}")
        let redacted = [
            room.state("m.room.encryption", content: #"{"algorithm":"m.megolm.v1.aes-sha2"}"#),
            room.state("m.room.join_rules", content: #"{"join_rule":"public"}"#),
        ]
        for event in redacted {
            let redaction = room.send("m.room.redaction", content: "{}", .init(members: [#""redacts":"\#(event.id)""#]))
            server.add("INSERT INTO roomserver_redactions VALUES (\(redaction.id), \(event.id), true)")
        }
        try await server.migrate()
        #expect(
            try server.rows("SELECT name, avatar, topic, guest_access, encryption, join_rules FROM room_stats_state")
                == [
                    "-|-|-|-|-|public"
                ])
    }

    @Test("count members by membership, those of this server apart, and the rooms of each user")
    func counted() async throws {
        let server = try OddServer()
        let (first, second) = (server.room(), server.room("!second:example.org"))
        first.join("@bob:example.org")
        for (user, membership) in [
            ("@zoe:far.example", "join"), ("@yves:far.example", "ban"), ("@xara:far.example", "leave"),
            ("@will:far.example", "invite"), ("@vera:far.example", "knock"),
        ] {
            first.join(user, membership)
        }
        second.join("@bob:example.org", "leave")
        try await server.migrate()
        #expect(
            try server.rows(
                """
                SELECT current_state_events, joined_members, invited_members, left_members, banned_members, knocked_members,
                       local_users_in_room
                FROM room_stats_current ORDER BY 1 DESC
                """) == ["9|3|1|1|1|1|2", "4|1|0|1|0|0|1"])
        #expect(
            try server.rows("SELECT user_id, joined_rooms FROM user_stats_current ORDER BY 1") == [
                "@alice:example.org|2", "@bob:example.org|1",
            ])
    }

    @Test("are left alone where Synapse is told to keep none")
    func unkept() {
        var plan = Plan(
            serverName: "example.org", now: 0, streamOrdering: StreamOrdering(highestSyncID: 0, highestEventNID: 0),
            firstFreeStream: 1)
        let tables = { (plan: Plan) in plan.timeline.loads.flatMap(\.tables) }
        #expect(tables(plan).contains("room_stats_state"))
        plan.keepsStatistics = false
        #expect(!tables(plan).contains { $0.contains("stats") })
    }
}
