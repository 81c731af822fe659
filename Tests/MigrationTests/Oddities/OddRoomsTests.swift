// SPDX-License-Identifier: Apache-2.0
import Migration
import Postgres
import TestSupport
import Testing

@Suite("Odd rooms", .temporaryDatabase)
struct OddRoomsTests {
    @Test("of versions that Synapse cannot host are left out whole, and counted")
    func unsupported() async throws {
        let server = try OddServer()
        let room = server.room("!pseudo:example.org", version: "org.matrix.msc4014")
        // Later events of other rooms must not look as if they came in after these.
        let time: Int64 = 1_650_000_000_000
        room.say("hello", .live, .init(timestamp: time))
        room.say("late", .late, .init(timestamp: time))
        let invitation = """
            {"content":{"membership":"invite"},"origin_server_ts":\(time),"room_id":"!afar:far.example","sender":"@zoe:far.example",\
            "state_key":"@alice:example.org","type":"m.room.member"}
            """
        server.invite(
            "@alice:example.org", to: "!afar:far.example",
            nid: server.stub("!afar:far.example", version: "org.matrix.msc4014"), eventID: "$afar",
            syncID: server.next("syncapi_stream_id"), json: invitation)
        let other = server.room()
        other.say("late as well", .late)
        server.add(
            """
            INSERT INTO syncapi_receipts (room_id, receipt_type, user_id, event_id, receipt_ts)
            VALUES (\(room.id), 'm.read', '@alice:example.org', \(room.events[3].id), 5);
            INSERT INTO roomserver_user_room_keys (user_nid, room_nid, pseudo_id_pub_key) VALUES (1, \(room.nid), '\\x00')
            """)
        let left = try await server.migrate()
        #expect(try server.rows("SELECT DISTINCT room_id FROM events") == [other.id])
        #expect(try server.rows("SELECT count(*) FROM events WHERE received_ts >= \(time)") == ["0"])
        #expect(try server.rows("SELECT room_id FROM rooms") == [other.id])
        for table in ["state_groups", "current_state_events", "receipts_linearized", "event_forward_extremities"] {
            #expect(
                try server.rows("SELECT count(*) FROM \(identifier: table) WHERE room_id = \(room.id)") == ["0"],
                "\(table)")
        }
        #expect(left["rooms of versions that Synapse does not know"] == 2)
        #expect(left["events in rooms of versions that Synapse does not know"] == 5)
        #expect(try server.rejected() == [])
    }

    @Test("without events are left out, and what hangs on them")
    func stubs() async throws {
        let server = try OddServer()
        let room = server.room()
        _ = server.stub("!stub:example.org")
        server.add(
            """
            INSERT INTO roomserver_room_aliases VALUES ('#a:example.org', \(room.id), '@alice:example.org'),
                ('#far:far.example', \(room.id), '@alice:example.org'), ('#gone:example.org', '!purged:example.org', '@alice:example.org');
            INSERT INTO roomserver_published (room_id, appservice_id, network_id, published)
            VALUES (\(room.id), '', '', true), ('!purged:example.org', '', '', true), ('!stub:example.org', '', '', true)
            """)
        let left = try await server.migrate()
        #expect(try server.rows("SELECT room_id, is_public FROM rooms") == ["\(room.id)|t"])
        #expect(left["rooms without events"] == 1)
        #expect(left["rooms in the public directory that are not carried"] == 2)
        #expect(
            try server.rows("SELECT room_alias FROM room_aliases WHERE room_id = \(room.id) ORDER BY 1") == [
                "#a:example.org", "#far:far.example",
            ])
    }

    @Test("that were purged leave nothing uncounted behind, nor do reports and memberships without events")
    func leftovers() async throws {
        let server = try OddServer()
        let room = server.room()
        let bob = server.number(ofStateKey: "@bob:example.org")
        let alice = server.number(ofStateKey: "@alice:example.org")
        server.add(
            """
            INSERT INTO syncapi_output_room_events (id, event_id, room_id, headered_event_json, type, sender, contains_url)
            VALUES (\(server.next("syncapi_stream_id")), '$purged', '!purged:example.org', '{}', 'm.room.message', '@alice:example.org', false);
            INSERT INTO roomserver_reported_events
                (id, room_nid, event_nid, reporting_user_nid, event_sender_nid, reason, score, received_ts)
            VALUES (1, \(room.nid), 1, 1, 1, 'rude', -100, 5);
            INSERT INTO roomserver_membership (room_nid, target_nid, membership_nid, event_nid, target_local)
            VALUES (\(room.nid), \(alice), 3, 2, true), (\(room.nid), \(bob), 3, 77, true)
            """)
        let left = try await server.migrate()
        #expect(left["events that the sync component holds of purged rooms"] == 1)
        #expect(left["reported events"] == 1)
        #expect(left["memberships of our users that their rooms' state does not say"] == 1)
    }

    @Test("of a bridge's list are in that list, and in the directory only where they are in it as well")
    func published() async throws {
        let server = try OddServer()
        let (both, listed) = (server.room("!both:example.org"), server.room("!listed:example.org"))
        _ = server.room("!none:example.org")
        server.add(
            """
            INSERT INTO roomserver_published (room_id, appservice_id, network_id, published)
            VALUES (\(both.id), '', '', true), (\(both.id), 'irc', 'libera', true), (\(listed.id), '', '', false),
                   (\(listed.id), 'irc', 'oftc', true), ('!none:example.org', 'irc', 'libera', false)
            """)
        try await server.migrate()
        #expect(try server.rows("SELECT room_id FROM rooms WHERE is_public") == [both.id])
        #expect(
            try server.rows("SELECT appservice_id, network_id, room_id FROM appservice_room_list ORDER BY 3")
                == ["irc|libera|\(both.id)", "irc|oftc|\(listed.id)"])
    }

    @Test("whose latest events cannot be used go on from the ones before, and are counted")
    func lostTips() async throws {
        let server = try OddServer()
        let names = ["dangling", "fork", "left", "lost", "unread"].map { "!\($0):example.org" }
        let rooms = names.map { server.room($0) }
        let (dangling, fork, left, lost, unread) = (rooms[0], rooms[1], rooms[2], rooms[3], rooms[4])
        let tips = rooms.map { $0.say("hello") }
        unread.say("", .live, .init(json: "{"))
        lost.say("", .live, .init(hasJSON: false))
        dangling.say("", .live, .init(snapshot: 424_242))
        // Two that did not know of each other, and one after both.
        let other = fork.say("beside", .live, .init(previous: [fork.events[2].id]))
        fork.say("", .live, .init(previous: [tips[1].id, other.id], json: "{"))
        // What nobody can follow.
        for room in [lost, unread] {
            for kind in [OddEvent.Kind.softFailed, .rejected, .backfilled] {
                room.say("not here", kind, .init(previous: [tips[3].id], depth: 900))
            }
        }
        left.join("@alice:example.org", "leave")
        left.say("", .live, .init(json: "{"))
        let whole = server.room("!whole:example.org")
        let last = whole.say("hello")
        let counts = try await server.migrate()
        #expect(
            try server.rows("SELECT room_id, event_id FROM event_forward_extremities ORDER BY 1, 2")
                == [
                    "\(names[0])|\(tips[0].id)", "\(names[1])|\(tips[1].id)", "\(names[1])|\(other.id)",
                    "\(names[3])|\(tips[3].id)", "\(names[4])|\(tips[4].id)", "!whole:example.org|\(last.id)",
                ])
        #expect(counts["rooms whose latest events cannot be used: they go on from earlier ones"] == 4)
    }

    @Test("of which no event can be used are counted")
    func deadEnd() async throws {
        let server = try OddServer()
        let whole = server.room()
        let room = server.room("!far:far.example", isEmpty: true)
        let create = room.createAfar()
        room.blocks = [room.block([create.nid])]
        room.join("@alice:example.org", "join", .live, .init(previous: ["$unknown"], snapshot: 424_242))
        let counts = try await server.migrate()
        #expect(counts["rooms without any event that can be used: nobody can write there"] == 1)
        #expect(counts["events whose state before them is gone, so that Synapse hides them"] == 1)
        #expect(
            try server.rows("SELECT membership FROM local_current_membership WHERE room_id = \(room.id)") == ["join"])
        // Synapse's background updates would end at it.
        #expect(try server.rows("SELECT count(*) FROM current_state_events WHERE room_id = \(room.id)") == ["0"])
        #expect(try server.rows("SELECT count(*) FROM current_state_events WHERE room_id = \(whole.id)") == ["3"])
    }

    @Test("have no place below their beginning")
    func negativeDepths() async throws {
        let server = try OddServer()
        let room = server.room()
        let message = room.say("hello", .live, .init(depth: -7))
        try await server.migrate()
        #expect(
            try server.rows("SELECT depth, topological_ordering FROM events WHERE event_id = \(message.id)") == ["0|0"])
        #expect(try server.rows("SELECT min_depth FROM room_depth") == ["0"])
        #expect(
            try server.rows("SELECT json::json ->> 'depth' FROM event_json WHERE event_id = \(message.id)") == ["-7"])
    }

    @Test("without a version have that of their create event")
    func noVersion() async throws {
        let server = try OddServer()
        let named = server.room("!a:example.org", version: "6")
        named.storedVersion = ""
        let old = server.room("!b:example.org", version: "1", isEmpty: true)
        old.state("m.room.create", content: #"{"creator":"@alice:example.org"}"#)
        old.storedVersion = ""
        try await server.migrate()
        #expect(
            try server.rows("SELECT room_id, room_version FROM rooms ORDER BY 1") == [
                "!a:example.org|6", "!b:example.org|1",
            ])
        #expect(
            try server.rows("SELECT DISTINCT room_id, format_version FROM event_json ORDER BY 1") == [
                "!a:example.org|3", "!b:example.org|1",
            ])
        #expect(
            try server.rows("SELECT json LIKE '%\"event_id\"%' FROM event_json WHERE room_id = '!b:example.org'") == [
                "t"
            ])
    }

    @Test("that everybody of ours has left have members but no current state")
    func left() async throws {
        let server = try OddServer()
        let room = server.room()
        room.join("@zoe:far.example")
        let leave = room.join("@alice:example.org", "leave")
        server.add(
            """
            INSERT INTO roomserver_membership (room_nid, target_nid, membership_nid, event_nid, target_local, forgotten)
            VALUES (\(room.nid), \(server.number(ofStateKey: "@alice:example.org")), 1, \(leave.nid), true, true)
            """)
        try await server.migrate()
        #expect(try server.rows("SELECT count(*) FROM current_state_events") == ["0"])
        #expect(
            try server.rows("SELECT user_id, membership, event_id FROM local_current_membership") == [
                "@alice:example.org|leave|\(leave.id)"
            ])
        #expect(
            try server.rows("SELECT DISTINCT user_id, forgotten FROM room_memberships ORDER BY 1") == [
                "@alice:example.org|1", "@zoe:far.example|0",
            ])
    }

    @Test("and events that receipts name need not be known")
    func receipts() async throws {
        let server = try OddServer()
        let room = server.room()
        let message = room.say("hello")
        server.add(
            """
            INSERT INTO syncapi_receipts (id, room_id, receipt_type, user_id, event_id, receipt_ts) VALUES
                (1, \(room.id), 'm.read', '@alice:example.org', '$unknown', 5), (2, \(room.id), 'm.read', '@zoe:far.example', '$unknown', 5),
                (3, \(room.id), 'm.read.private', '@alice:example.org', \(message.id), 6), (4, '!purged:example.org', 'm.read', '@alice:example.org', '$x', 7),
                (5, '!stub:far.example', 'm.read', '@alice:example.org', '$x', 8), (6, '!far:far.example', 'm.read', '@alice:example.org', '$invite', 9);
            SELECT setval('syncapi_receipt_id', 6)
            """)
        _ = server.stub("!stub:far.example")
        server.invite(
            "@alice:example.org", to: "!far:far.example", nid: server.stub("!far:far.example"), eventID: "$invite",
            syncID: nil)
        let left = try await server.migrate()
        #expect(
            try server.rows(
                "SELECT user_id, receipt_type, event_id, event_stream_ordering, data FROM receipts_linearized ORDER BY stream_id"
            ) == [
                #"@alice:example.org|m.read|$unknown|0|{"ts":5}"#, #"@zoe:far.example|m.read|$unknown|-|{"ts":5}"#,
                #"@alice:example.org|m.read.private|\#(message.id)|\#(message.syncID ?? 0)|{"ts":6}"#,
                #"@alice:example.org|m.read|$invite|0|{"ts":9}"#,
            ])
        #expect(left["receipts in unknown rooms"] == 2)
    }

    @Test("count what is unread, of unknown events nothing, and the transactions of devices that are still there")
    func notifications() async throws {
        let server = try OddServer()
        let room = server.room()
        room.join("@bob:example.org")
        let sent = room.say("mine", .live, .init(transaction: (1, "t\"1")))
        _ = room.say("of a device long gone", .live, .init(transaction: (77, "t2")))
        let news = room.say("news", .live, by: "@bob:example.org")
        server.add(
            """
            INSERT INTO userapi_notifications (localpart, server_name, room_id, event_id, stream_pos, ts_ms, highlight, notification_json)
            VALUES ('alice', 'example.org', \(room.id), \(news.id), 1, 1, true, '{"actions":["notify"]}'),
                   ('alice', 'example.org', \(room.id), '$unknown', 1, 1, false, '{"actions":'),
                   ('alice', 'example.org', '!purged:example.org', '$unknown2', 1, 1, false, 'null')
            """)
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT event_id, user_id, highlight, actions FROM event_push_actions") == [
                "\(news.id)|@alice:example.org|1|[\"notify\"]"
            ])
        #expect(try server.rows("SELECT user_id, notif_count FROM event_push_summary") == ["@alice:example.org|1"])
        #expect(left["notifications of unknown events"] == 2)
        #expect(left["actions of notifications that cannot be read"] == 2)
        #expect(
            try server.rows("SELECT event_id, device_id, txn_id FROM event_txn_id_device_id") == [
                #"\#(sent.id)|PHONE|t"1"#
            ])
    }

    @Test("remember in which transaction a client sent an event, the later one where two have the same")
    func transactions() async throws {
        let server = try OddServer()
        let (room, other) = (server.room(), server.room("!other:example.org"))
        _ = room.say("sent", .live, .init(transaction: (1, "twice")))
        let again = room.say("sent again", .live, .init(transaction: (1, "twice")))
        let elsewhere = other.say("sent elsewhere", .live, .init(transaction: (1, "twice")))
        let topic = room.state("m.room.topic", content: "{}", .init(transaction: (1, "topic")))
        _ = room.say("of a device long gone", .live, .init(transaction: (77, "lost")))
        let left = try await server.migrate()
        #expect(
            try server.rows(
                "SELECT event_id, room_id, user_id, device_id, txn_id FROM event_txn_id_device_id ORDER BY 5, 2") == [
                    "\(topic.id)|\(room.id)|@alice:example.org|PHONE|topic",
                    "\(elsewhere.id)|\(other.id)|@alice:example.org|PHONE|twice",
                    "\(again.id)|\(room.id)|@alice:example.org|PHONE|twice",
                ])
        #expect(left["transaction ids of devices that are gone"] == 1)
    }

    @Test("may have numbers out of all measure")
    func hugeNumbers() async throws {
        let server = try OddServer()
        let rooms = [server.room(), server.room("!other:example.org")]
        for room in rooms { room.state("m.room.topic", content: "{}", .init(depth: 1 << 40)) }
        let last = rooms.map { $0.say("hello", .live, .init(depth: 1 << 41)) }
        try server.write()
        var source = try Connection(server.source, side: "the test's source")
        for table in ["rooms", "events", "state_snapshots"] {
            try source.execute("UPDATE \(identifier: "roomserver_" + table) SET room_nid = room_nid << 40")
        }
        _ = try await server.migration().run()
        for event in last { #expect(try server.state(after: event).count == 4) }
        #expect(
            try server.rows("SELECT event_id FROM event_forward_extremities ORDER BY 1") == last.map(\.id).sorted())
    }
}
