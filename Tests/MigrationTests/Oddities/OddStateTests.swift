// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@Suite("Odd state", .temporaryDatabase)
struct OddStateTests {
    @Test("of a room joined from afar has outliers in it, the create event among them")
    func outliers() async throws {
        let server = try OddServer()
        let room = server.room("!far:far.example", isEmpty: true)
        let create = room.createAfar()
        let zoe = room.send(
            "m.room.member", .outlier, by: "@zoe:far.example", stateKey: "@zoe:far.example",
            content: #"{"membership":"join"}"#,
            .init(previous: [create.id], auth: [create.id]))
        room.blocks = [room.block([create.nid, zoe.nid])]
        let join = room.join("@alice:example.org", "join", .live, .init(previous: ["$unknown"], auth: [create.id]))
        try await server.migrate()
        let state = [
            "m.room.create||\(create.id)", "m.room.member|@alice:example.org|\(join.id)",
            "m.room.member|@zoe:far.example|\(zoe.id)",
        ]
        #expect(try server.state(after: join) == state)
        #expect(
            try server.rows("SELECT type, state_key, event_id FROM current_state_events ORDER BY type, state_key")
                == state)
        #expect(
            try server.rows("SELECT event_id FROM events WHERE outlier ORDER BY 1") == [create.id, zoe.id].sorted())
        #expect(try server.rows("SELECT creator, room_version FROM rooms") == ["@zoe:far.example|10"])
        #expect(try server.rows("SELECT event_id FROM event_backward_extremities") == ["$unknown"])
        #expect(try server.rows("SELECT count(*) FROM event_auth_chains") == ["3"])
    }

    @Test("that is marked as rejected and in use is accepted, as Dendrite goes by the state")
    func rejectedInUse() async throws {
        let server = try OddServer()
        let room = server.room("!far:far.example", isEmpty: true)
        let create = room.createAfar()
        let zoe = room.send(
            "m.room.member", .rejected, by: "@zoe:far.example", stateKey: "@zoe:far.example",
            content: #"{"membership":"join"}"#, .init(previous: [create.id], auth: [create.id]))
        // Had its state found out later.
        let rules = room.state(
            "m.room.join_rules", "", .rejected, by: "@zoe:far.example", content: "{}",
            .init(previous: [zoe.id], auth: [create.id], snapshot: room.snapshot(of: [room.block([create.nid])])))
        let unused = room.state(
            "m.room.topic", "", .rejected, by: "@zoe:far.example", content: "{}", .init(previous: [zoe.id]))
        room.blocks = [room.block([create.nid, zoe.nid, rules.nid])]
        let join = room.join("@alice:example.org", "join", .live, .init(previous: ["$unknown"], auth: [create.id]))
        let refused = room.state(
            "m.room.name", "", .rejected, by: "@zoe:far.example", content: "{}",
            .init(snapshot: room.snapshot(of: room.blocks)))
        let left = try await server.migrate()
        #expect(try server.state(after: join).contains("m.room.member|@zoe:far.example|\(zoe.id)"))
        #expect(
            try server.rows("SELECT event_id FROM events WHERE rejection_reason IS NOT NULL ORDER BY 1")
                == [refused.id])
        #expect(try server.rows("SELECT event_id FROM rejections") == [refused.id])
        #expect(try server.rows("SELECT event_id FROM events WHERE event_id = \(unused.id)") == [])
        #expect(
            try server.rows("SELECT user_id, membership FROM room_memberships ORDER BY 1") == [
                "@alice:example.org|join", "@zoe:far.example|join",
            ])
        #expect(
            try server.rows("SELECT event_id FROM current_state_events ORDER BY 1")
                == [create.id, zoe.id, rules.id, join.id].sorted())
        #expect(
            try server.state(after: rules) == ["m.room.create||\(create.id)", "m.room.join_rules||\(rules.id)"])
        #expect(left["marks of rejection on events that rooms' state is made of"] == 2)
        #expect(left["state events that Dendrite rejected without state to judge them by"] == 1)
    }

    @Test("that was rejected for want of state is left to Synapse to judge, with rooms that have nothing else")
    func unjudged() async throws {
        let server = try OddServer()
        let (room, empty) = (server.room(), server.room("!far:far.example", isEmpty: true))
        let ban = room.send(
            "m.room.member", .rejected, by: "@zoe:far.example", stateKey: "@bob:example.org",
            content: #"{"membership":"ban"}"#)
        let after = room.say("goes on", .live, .init(previous: [ban.id]))
        _ = empty.send(
            "m.room.member", .rejected, by: "@zoe:far.example", stateKey: "@bob:example.org",
            content: #"{"membership":"ban"}"#)
        let left = try await server.migrate()
        for table in ["events", "event_json", "state_events", "rejections", "event_auth_chain_to_calculate"] {
            #expect(try server.rows("SELECT 1 FROM \(identifier: table) WHERE event_id = \(ban.id)") == [], "\(table)")
        }
        #expect(try server.rows("SELECT event_id FROM event_backward_extremities") == [ban.id])
        #expect(try server.rows("SELECT event_id FROM event_forward_extremities") == [after.id])
        #expect(try server.rows("SELECT room_id FROM rooms") == [room.id])
        #expect(left["state events that Dendrite rejected without state to judge them by"] == 2)
        #expect(left["rooms without events"] == 1)
    }

    @Test("filed under wrong keys is found by what the events say, and gives way to what was filed right")
    func wrongKeys() async throws {
        let server = try OddServer()
        let room = server.room()
        let right = room.join("@bob:example.org")
        // Fetched for bob's join, so filed under his name; and for a message, so filed under none.
        let wrong = room.send(
            "m.room.member", .outlier, by: "@zoe:far.example", stateKey: "@zoe:far.example",
            content: #"{"membership":"join"}"#,
            .init(stateKeyNumber: server.number(ofStateKey: "@bob:example.org")))
        let none = room.state(
            "m.room.join_rules", "", .outlier, content: #"{"join_rule":"public"}"#, .init(stateKeyNumber: 0))
        let lost = room.send(
            "m.room.member", .outlier, by: "@bob:example.org", stateKey: "@bob:example.org",
            content: #"{"membership":"leave"}"#,
            .init(stateKeyNumber: 0))
        room.blocks.append(room.block([wrong.nid, none.nid, lost.nid]))
        let message = room.say("hello")
        let left = try await server.migrate()
        let state = try server.state(after: message)
        #expect(state.contains("m.room.member|@zoe:far.example|\(wrong.id)"))
        #expect(state.contains("m.room.join_rules||\(none.id)"))
        #expect(state.contains("m.room.member|@bob:example.org|\(right.id)"))
        #expect(
            try server.rows("SELECT type, state_key, event_id FROM current_state_events ORDER BY type, state_key")
                == state)
        #expect(
            try server.rows("SELECT count(*) FROM state_events WHERE event_id IN (\(wrong.id), \(none.id), \(lost.id))")
                == ["3"])
        #expect(left["state entries under a wrong key"] == 1)
    }

    @Test("has two entries for keys that differ in nothing but how an accent is written")
    func accents() async throws {
        let server = try OddServer()
        let room = server.room()
        let keys = ["caf\u{e9}", "cafe\u{301}"]
        let events = keys.map { room.state("org.example.emotes", $0, content: "{}") }
        try await server.migrate()
        for (key, event) in zip(keys, events) {
            let found = try server.rows(
                "SELECT event_id FROM current_state_events WHERE type = 'org.example.emotes' AND state_key = \(key)")
            #expect(found == [event.id])
        }
        #expect(try server.state(after: events[1]).count { $0.hasPrefix("org.example.emotes|") } == 2)
    }

    @Test("before a create event may be missing, or be shared by all rooms")
    func emptySnapshot() async throws {
        let server = try OddServer()
        let first = server.room("!a:example.org", hasEmptySnapshot: false)
        let second = server.room("!b:example.org")
        let shared = second.snapshot(of: [])
        let third = server.room("!c:example.org", hasEmptySnapshot: false)
        server.add("UPDATE roomserver_events SET state_snapshot_nid = \(shared) WHERE event_id = \(third.events[0].id)")
        let fourth = server.room("!d:example.org", hasEmptySnapshot: false)
        server.add("UPDATE roomserver_events SET state_snapshot_nid = 0 WHERE event_id = \(fourth.events[0].id)")
        try await server.migrate()
        for room in [first, second, third, fourth] {
            #expect(try server.state(after: room.events[0]) == ["m.room.create||\(room.events[0].id)"])
            #expect(try server.state(after: room.events[2]).count == 3)
        }
        #expect(try server.rows("SELECT count(*) FROM events WHERE outlier") == ["0"])
        #expect(try server.rows("SELECT count(*) FROM current_state_events") == ["12"])
    }

    @Test("that is another room's is taken as empty, and the room is named")
    func foreignSnapshot() async throws {
        let server = try OddServer()
        let room = server.room()
        let other = server.room("!other:example.org")
        let topic = other.state("m.room.topic", content: #"{"topic":"theirs"}"#)
        let stranger = room.say("whose state is this", .live, .init(snapshot: other.snapshot(of: other.blocks)))
        let next = room.say("state known")
        try await server.migrate()
        #expect(try server.state(after: stranger) == [])
        #expect(try server.state(after: next).count == 3)
        #expect(try server.state(after: topic).count == 4)
        let named = try server.rejected()
        #expect(named.count == 1)
        #expect(named.first?.contains(room.id) == true)
        #expect(named.first?.contains("another room") == true)
    }

    @Test("that names a snapshot which does not exist is unknown")
    func danglingSnapshot() async throws {
        let server = try OddServer()
        let room = server.room()
        let lost = room.say("state lost", .live, .init(snapshot: 777))
        let next = room.say("state known")
        let left = try await server.migrate()
        #expect(left["events whose state before them is gone, so that Synapse hides them"] == 1)
        #expect(
            try server.rows("SELECT event_id, outlier, stream_ordering FROM events WHERE outlier") == [
                "\(lost.id)|t|\(lost.syncID ?? 0)"
            ])
        #expect(try server.rows("SELECT count(*) FROM event_to_state_groups WHERE event_id = \(lost.id)") == ["0"])
        #expect(try server.rows("SELECT event_id FROM event_backward_extremities") == [lost.id])
        #expect(try server.state(after: next).count == 3)
    }

    @Test("of a room whose own snapshot does not exist is what clients were told, and the room is named")
    func missingCurrentState() async throws {
        let server = try OddServer()
        let room = server.room()
        let old = room.state("m.room.topic", content: #"{"topic":"1"}"#)
        let topic = room.state("m.room.topic", content: #"{"topic":"2"}"#)
        let other = server.room("!lost:example.org")
        server.add(
            """
            INSERT INTO syncapi_current_room_state (room_id, event_id, type, sender, contains_url, state_key,
                headered_event_json, added_at)
            SELECT room_id, event_id, type, sender, false, '', '{}', id FROM syncapi_output_room_events
            WHERE room_id = \(room.id) AND event_id <> \(old.id)
            """)
        try server.write()
        var source = try TemporaryDatabase.connect()
        try source.execute("UPDATE roomserver_rooms SET state_snapshot_nid = 4711")
        try await server.migrate()
        #expect(
            try server.rows("SELECT type FROM current_state_events WHERE room_id = \(room.id) ORDER BY 1") == [
                "m.room.create", "m.room.member", "m.room.power_levels", "m.room.topic",
            ])
        #expect(try server.rows("SELECT event_id FROM current_state_events WHERE type = 'm.room.topic'") == [topic.id])
        #expect(try server.rows("SELECT count(*) FROM current_state_events WHERE room_id = \(other.id)") == ["0"])
        #expect(try server.rejected().count == 2)
    }

    @Test("in blocks out of order or repeated is read in ascending order, and blocks of strangers are passed over")
    func unsortedBlocks() async throws {
        let server = try OddServer()
        let room = server.room()
        let first = room.state("m.room.topic", content: #"{"topic":"1"}"#)
        let second = room.state("m.room.topic", content: #"{"topic":"2"}"#)
        let stray = room.block([4_711])
        room.blocks = (room.blocks + [room.blocks[0], stray, 888]).reversed()
        let message = room.say("hello")
        let left = try await server.migrate()
        #expect(try server.state(after: message).contains("m.room.topic||\(second.id)"))
        #expect(try !server.state(after: message).contains("m.room.topic||\(first.id)"))
        #expect(try server.rows("SELECT event_id FROM current_state_events WHERE type = 'm.room.topic'") == [second.id])
        #expect(left["state entries without a state event"] == 1)
        #expect(left["state blocks that are not there"] == 1)
        #expect(
            try server.rows("SELECT count(*) FROM state_group_edges WHERE prev_state_group >= state_group") == ["0"])
    }

    @Test("replaces what was there before, and of what lies below it nothing else")
    func replaced() async throws {
        let server = try OddServer()
        let room = server.room()
        let first = room.state("m.room.topic", content: #"{"topic":"1"}"#)
        let second = room.state("m.room.topic", content: #"{"topic":"2"}"#)
        let below = room.state(
            "m.room.topic", "", .backfilled, content: #"{"topic":"0"}"#, .init(previous: ["$x"], depth: 2))
        try await server.migrate()
        func replaced(_ event: OddEvent) throws -> [String] {
            try server.rows(
                "SELECT json::json -> 'unsigned' ->> 'replaces_state' FROM event_json WHERE event_id = \(event.id)")
        }
        #expect(try [first, second, below].flatMap(replaced) == ["-", first.id, "-"])
    }
}
