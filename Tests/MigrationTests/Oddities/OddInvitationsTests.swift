// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@Suite("Odd invitations", .temporaryDatabase)
struct OddInvitationsTests {
    private static let memberships: SQL =
        "SELECT room_id, user_id, membership, event_id, event_stream_ordering FROM local_current_membership ORDER BY 1, 2"

    @Test("from afar keep their numbers, or go where no client looks")
    func fromAfar() async throws {
        let server = try OddServer()
        let room = server.room()
        let number = server.next("syncapi_stream_id")
        server.invite(
            "@alice:example.org", to: "!far:far.example", nid: server.stub("!far:far.example"), eventID: "$invite",
            syncID: number,
            strippedState: #"[{"type":"m.room.name"}]"#)
        server.invite(
            "@bob:example.org", to: "!far2:far.example", nid: server.stub("!far2:far.example", version: "12"),
            eventID: "$invite2", syncID: nil, strippedState: "{}")
        try await server.migrate()
        let lowest = -(room.events[2].nid + number + 2) - 1
        #expect(
            try server.rows(Self.memberships) == [
                "!far2:far.example|@bob:example.org|invite|$invite2|\(lowest)",
                "!far:far.example|@alice:example.org|invite|$invite|\(number)",
                "!r:example.org|@alice:example.org|join|\(room.events[1].id)|\(room.events[1].syncID ?? 0)",
            ])
        #expect(
            try server.rows(
                "SELECT internal_metadata, json::json -> 'unsigned' -> 'invite_room_state' FROM event_json WHERE event_id LIKE '$invite%' ORDER BY event_id"
            ) == [
                #"{"out_of_band_membership":true,"outlier":true}|[{"type":"m.room.name"}]"#,
                #"{"out_of_band_membership":true,"outlier":true}|-"#,
            ])
        #expect(
            try server.rows("SELECT room_id, room_version FROM rooms ORDER BY 1") == [
                "!far2:far.example|12", "!far:far.example|10", "!r:example.org|10",
            ])
        #expect(try server.rows("SELECT min(stream_ordering) FROM events") == ["\(lowest)"])
    }

    @Test("keep of their stripped state what Synapse can use")
    func stripped() async throws {
        let server = try OddServer()
        func event(_ type: String, _ content: String) -> String {
            #"{"content":\#(content),"sender":"@zoe:far.example","state_key":"","type":"\#(type)"}"#
        }
        let usable = [
            "5", "null", #"{"type":5}"#, #"{"content":5,"type":"m.room.name"}"#, event("m.room.create", "{}"),
            event("m.room.create", #"{"type":null}"#), event("m.room.name", #"{"name":"cats"}"#),
            event("m.room.topic", #"{"topic":5}"#), event("m.room.tombstone", #"{"replacement_room":"!x"}"#),
        ]
        let others = [
            event("m.room.create", #"{"type":5}"#), event("m.room.name", #"{"name":["cats"]}"#),
            event("m.room.name", #"{"name":"cats\u0000"}"#), event("m.room.tombstone", #"{"replacement_room":{}}"#),
        ]
        func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }
        for (number, state) in [usable, usable + others, others].enumerated() {
            let room = "!far\(number):far.example"
            server.invite(
                "@alice:example.org", to: room, nid: server.stub(room), eventID: "$invite\(number)", syncID: nil,
                strippedState: list(state))
        }
        // One that is stored as an event of a room of ours.
        let room = server.room()
        let invite = room.send("m.room.member", stateKey: "@bob:example.org", content: #"{"membership":"invite"}"#)
        server.invite(
            "@bob:example.org", to: room.id, nid: room.nid, eventID: invite.id, syncID: nil,
            strippedState: list(others + usable))
        try await server.migrate()
        for (event, state) in [("$invite0", usable), ("$invite1", usable), ("$invite2", []), (invite.id, usable)] {
            #expect(
                try server.rows(
                    "SELECT json::json -> 'unsigned' -> 'invite_room_state' FROM event_json WHERE event_id = \(event)")
                    == [list(state)])
        }
    }

    @Test("into a room that we once left are newer than the leave")
    func afterLeaving() async throws {
        let server = try OddServer()
        let room = server.room("!far:far.example")
        room.join("@bob:example.org")
        room.join("@alice:example.org", "leave")
        let bob = room.join("@bob:example.org", "leave")
        let number = server.next("syncapi_stream_id")
        server.invite("@alice:example.org", to: room.id, nid: room.nid, eventID: "$invite", syncID: number)
        try await server.migrate()
        #expect(
            try server.rows(Self.memberships) == [
                "!far:far.example|@alice:example.org|invite|$invite|\(number)",
                "!far:far.example|@bob:example.org|leave|\(bob.id)|\(bob.syncID ?? 0)",
            ])
        #expect(try server.rows("SELECT event_id FROM event_forward_extremities") == [bob.id])
    }

    @Test("that are repeated have the stripped state of the first, which alone has a row")
    func repeated() async throws {
        let server = try OddServer()
        let room = server.room()
        let first = room.send("m.room.member", stateKey: "@bob:example.org", content: #"{"membership":"invite"}"#)
        let second = room.send("m.room.member", stateKey: "@bob:example.org", content: #"{"membership":"invite"}"#)
        server.invite(
            "@bob:example.org", to: room.id, nid: room.nid, eventID: first.id, syncID: nil,
            strippedState: #"[{"type":"m.room.name"}]"#)
        server.add("UPDATE roomserver_membership SET event_nid = \(second.nid) WHERE membership_nid = 2")
        try await server.migrate()
        #expect(
            try server.rows(
                """
                SELECT m.event_id, json::json -> 'unsigned' -> 'invite_room_state'
                FROM local_current_membership m JOIN event_json j USING (event_id) WHERE membership = 'invite'
                """) == [#"\#(second.id)|[{"type":"m.room.name"}]"#])
    }

    @Test("into rooms of ours get the stripped state that stands elsewhere")
    func intoOurs() async throws {
        let server = try OddServer()
        let room = server.room()
        let invite = room.send("m.room.member", stateKey: "@bob:example.org", content: #"{"membership":"invite"}"#)
        let bare = room.send("m.room.member", stateKey: "@zoe:far.example", content: #"{"membership":"invite"}"#)
        server.invite(
            "@bob:example.org", to: room.id, nid: room.nid, eventID: invite.id, syncID: nil,
            strippedState: #"[ {"type":"m.room.create"} ]"#)
        server.invite(
            "@zoe:far.example", to: room.id, nid: room.nid, eventID: bare.id, syncID: nil, strippedState: "{}")
        try await server.migrate()
        #expect(
            try server.rows(
                "SELECT json::json -> 'unsigned' -> 'invite_room_state' FROM event_json WHERE event_id IN (\(invite.id), \(bare.id)) ORDER BY event_id"
            )
                == [#"[ {"type":"m.room.create"} ]"#, "-"])
        #expect(try server.rows("SELECT count(*) FROM events WHERE type = 'm.room.member'") == ["3"])
    }

    @Test("of which the event came with a join that did not succeed are open still")
    func afterFailedJoin() async throws {
        let server = try OddServer()
        let room = server.room("!far:far.example", isEmpty: true)
        let content = #"{"membership":"invite"}"#
        let create = room.createAfar()
        func invite(_ user: String, _ kind: OddEvent.Kind) -> OddEvent {
            let event = room.send("m.room.member", kind, by: "@zoe:far.example", stateKey: user, content: content)
            server.invite(
                user, to: room.id, nid: room.nid, eventID: event.id, syncID: server.next("syncapi_stream_id"),
                strippedState: #"[{"type":"m.room.name"}]"#)
            return event
        }
        let open = invite("@alice:example.org", .outlier)
        // Dendrite had no state to judge it by, and shows it.
        let rejected = invite("@bob:example.org", .rejected)
        server.add("UPDATE roomserver_events SET state_snapshot_nid = 0 WHERE event_nid = \(rejected.nid)")
        let judged = invite("@carol:example.org", .rejected)
        server.add("UPDATE roomserver_events SET state_snapshot_nid = 1 WHERE event_nid = \(judged.nid)")
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT user_id, membership, event_id FROM local_current_membership ORDER BY 1") == [
                "@alice:example.org|invite|\(open.id)", "@bob:example.org|invite|\(rejected.id)",
            ])
        #expect(
            try server.rows(
                """
                SELECT internal_metadata, json::json -> 'unsigned' -> 'invite_room_state', rejection_reason
                FROM event_json JOIN events USING (event_id) WHERE event_id IN (\(open.id), \(rejected.id))
                """)
                == Array(
                    repeating: #"{"out_of_band_membership":true,"outlier":true}|[{"type":"m.room.name"}]|-"#, count: 2))
        #expect(
            try server.rows("SELECT event_id FROM events ORDER BY 1")
                == [create.id, open.id, rejected.id, judged.id].sorted())
        #expect(left["memberships of our users that their rooms' state does not say"] == 1)
    }

    @Test("of which a user has several to a room are one, the newest")
    func several() async throws {
        let server = try OddServer()
        let afar = server.stub("!afar:far.example")
        for number in 0..<3 {
            // A later one changes no membership.
            server.invite(
                "@alice:example.org", to: "!afar:far.example", nid: afar, eventID: "$afar\(number)",
                syncID: server.next("syncapi_stream_id"), isFirst: number == 0)
        }
        let room = server.room("!far:far.example", isEmpty: true)
        let content = #"{"membership":"invite"}"#
        let held = (0..<2).map { number in
            let event = room.send(
                "m.room.member", .outlier, by: "@zoe:far.example", stateKey: "@bob:example.org", content: content)
            server.invite(
                "@bob:example.org", to: room.id, nid: room.nid, eventID: event.id, syncID: nil, isFirst: number == 0)
            return event
        }
        let own = server.room()
        func invite(isHeld: Bool) -> OddEvent {
            let event = own.send(
                "m.room.member", isHeld ? .outlier : .live, stateKey: "@bob:example.org", content: content)
            server.invite(
                "@bob:example.org", to: own.id, nid: own.nid, eventID: event.id, syncID: nil, isFirst: isHeld)
            return event
        }
        _ = invite(isHeld: true)
        let current = invite(isHeld: false)
        try await server.migrate()
        #expect(
            try server.rows("SELECT room_id, user_id, event_id FROM local_current_membership ORDER BY 1, 2") == [
                "!afar:far.example|@alice:example.org|$afar2", "!far:far.example|@bob:example.org|\(held[1].id)",
                "\(own.id)|@alice:example.org|\(own.events[1].id)", "\(own.id)|@bob:example.org|\(current.id)",
            ])
        #expect(try server.rows("SELECT count(*) FROM events WHERE type = 'm.room.member'") == ["8"])
    }

    @Test("that only clients have been told of are counted")
    func forClientsAlone() async throws {
        let server = try OddServer()
        let room = server.room()
        let held = room.send(
            "m.room.member", stateKey: "@bob:example.org", content: #"{"membership":"invite"}"#)
        server.invite(
            "@bob:example.org", to: room.id, nid: room.nid, eventID: held.id, syncID: server.next("syncapi_stream_id"))
        server.add("DELETE FROM roomserver_invites")
        server.invite(
            "@alice:example.org", to: "!far:far.example", nid: server.stub("!far:far.example"), eventID: "$invite",
            syncID: server.next("syncapi_stream_id"))
        for (number, isDeleted) in [false, true].enumerated() {
            server.add(
                """
                INSERT INTO syncapi_invite_events (id, event_id, room_id, target_user_id, headered_event_json, deleted)
                VALUES (\(server.next("syncapi_stream_id")), \("$again\(number)"), '!far:far.example', '@alice:example.org', '{}', \(isDeleted))
                """)
        }
        let left = try await server.migrate()
        #expect(left["invitations that only clients have been told of"] == 1)
    }

    @Test("that are retired, of strangers, or of nobody make no membership")
    func withoutEffect() async throws {
        let server = try OddServer()
        let room = server.room()
        for (number, user) in ["@alice:example.org", "@zoe:far.example", "@bob:example.org"].enumerated() {
            let id = "!far\(number):far.example"
            server.invite(
                user, to: id, nid: server.stub(id), eventID: "$i\(number)", syncID: server.next("syncapi_stream_id"),
                json: number == 2 ? "{" : nil)
        }
        server.add("UPDATE roomserver_invites SET retired = true WHERE invite_event_id = '$i0'")
        server.add(
            "UPDATE roomserver_membership SET target_local = false WHERE target_nid = \(server.number(ofStateKey: "@zoe:far.example"))"
        )
        let left = try await server.migrate()
        #expect(try server.rows("SELECT room_id FROM local_current_membership") == [room.id])
        #expect(try server.rows("SELECT room_id FROM rooms") == [room.id])
        #expect(try server.rejected().map { $0.prefix(15) } == ["$i2: event_json"])
        #expect(left["rooms without events"] == 3)
    }
}
