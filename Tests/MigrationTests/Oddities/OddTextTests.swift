// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("Odd text", .temporaryDatabase)
struct OddTextTests {
    private func json(_ server: OddServer, _ event: OddEvent) throws -> String {
        try server.rows("SELECT json FROM event_json WHERE event_id = \(event.id)").joined()
    }

    @Test("that is no event is named, with everything else loaded")
    func unparsable() async throws {
        let server = try OddServer()
        let room = server.room()
        let head =
            #""auth_events":[],"depth":4,"hashes":{},"origin_server_ts":1,"prev_events":[],"room_id":"!r:example.org","sender":"@a:b","type":"t""#
        let texts = [
            ##"{"content":{"a"b":1},\##(head)}"##, #"{"content":{},\#(head)"#, "", "[]", "{}",
            #"{"content":{"a":"\ud83d"},\#(head)}"#,
            #"{"content":{"a":1e999},\#(head)}"#,
            #"{"content":{},\#(head.replacing("hashes", with: "hash"))}"#,
            #"{"content":{"a":\#(String(repeating: "[", count: 600))\#(String(repeating: "]", count: 600))},\#(head)}"#,
        ]
        let messages = texts.map { room.say("broken", .live, .init(json: $0)) }
        let topic = room.state("m.room.topic", content: "{}", .init(json: texts[0]))
        let last = room.say("hello")
        try await server.migrate()
        let rejected = try server.rejected()
        #expect(rejected.count == texts.count + 1)
        for event in messages + [topic] { #expect(rejected.contains { $0.hasPrefix("\(event.id): event_json: ") }) }
        #expect(try server.rows("SELECT event_id FROM event_forward_extremities") == [last.id])
        #expect(try server.rows("SELECT count(*) FROM events") == ["4"])
        #expect(try server.state(after: last).count == 3)
        for table in [
            "event_json", "event_to_state_groups", "current_state_events", "state_events", "event_auth_chains",
        ] {
            let stray = try server.rows(
                "SELECT count(*) FROM \(identifier: table) t WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.event_id = t.event_id)"
            )
            #expect(stray == ["0"], "\(table)")
        }
    }

    @Test("with U+0000 is carried in JSON, left out of columns, and rejected where a column needs it")
    func nul() async throws {
        let server = try OddServer()
        let room = server.room()
        let message = room.say(#"apples\u0000pears"#)
        let name = room.join("@bob:example.org", #"join","displayname":"b\u0000b","avatar_url":"mxc://\u0000"#)
        let relation = room.send(
            "m.room.message", content: #"{"body":"x","m.relates_to":{"rel_type":"m.thread","event_id":"$\u0000"}}"#)
        let key = room.state(
            "m.room.topic", "", .outlier, content: "{}",
            .init(
                json: """
                    {"auth_events":[],"content":{},"depth":1,"hashes":{},"origin_server_ts":1,"prev_events":[],"room_id":"!r:example.org",\
                    "sender":"@a:b","state_key":"a\\u0000","type":"m.room.topic"}
                    """))
        let sender = room.state(
            "m.room.create", "", .outlier, content: "{}",
            .init(
                json: """
                    {"auth_events":[],"content":{},"depth":0,"hashes":{},"origin_server_ts":1,"prev_events":[],"room_id":"!r:example.org",\
                    "sender":"@a\\u0000:b","state_key":"","type":"m.room.create"}
                    """))
        let member = room.join("@carol:example.org", #"jo\u0000in"#)
        let parents = room.say("odd parents", .live, .init(previous: [#"$a\u0000"#]))
        try await server.migrate()
        #expect(try json(server, message).contains(#""body":"apples\u0000pears""#))
        #expect(
            try server.rows("SELECT display_name, avatar_url FROM room_memberships WHERE event_id = \(name.id)") == [
                "-|-"
            ])
        #expect(try server.rows("SELECT count(*) FROM event_relations WHERE event_id = \(relation.id)") == ["0"])
        #expect(
            try server.rejected()
                == ["\(key.id): state_key: holds U+0000", "\(sender.id): sender: holds U+0000"].sorted())
        #expect(try server.rows("SELECT count(*) FROM events WHERE event_id IN (\(member.id), \(parents.id))") == ["2"])
        // PostgreSQL's JSON functions refuse a text with the escape anywhere, so none of these is in the search index.
        #expect(try server.rows("SELECT event_id FROM event_search") == [])
    }

    @Test("with control characters where an id covers them is carried where the id follows from it, and else named")
    func controlCharacters() async throws {
        let server = try OddServer()
        let room = server.room()
        func json(_ key: String) -> String {
            #"{"auth_events":[],"content":{},"depth":4,"hashes":{},"origin_server_ts":1,"prev_events":[],"room_id":"!r:example.org","sender":"@alice:example.org","state_key":"\#(key)","type":"x"}"#
        }
        let hash = try #require(ReferenceHash(RoomVersion("10")))
        func id(_ json: String) throws -> String {
            try #require(try CanonicalJSON(reading: Array(json.utf8)).flatMap(hash.eventID))
        }
        // Dendrite writes, and hashes, the letters of such an escape in capitals.
        let texts = [json(#"a\tb"#), json(#"a\u001Bb"#)]
        let tab = room.state("x", "a\tb", content: "{}", .init(eventID: try id(texts[0]), json: texts[0]))
        let escape = room.state("x", "a\u{1B}b", content: "{}", .init(eventID: "$capitals", json: texts[1]))
        let message = room.say("a\\u001Bb")
        let left = try await server.migrate()
        #expect(
            try server.rejected() == [
                "\(escape.id): state_key: holds a control character, and its id does not follow from it"
            ])
        #expect(left["state entries without a state event"] == 1)
        #expect(try server.rows("SELECT state_key FROM current_state_events WHERE type = 'x'") == ["a\tb"])
        #expect(try server.state(after: message).contains("x|a\tb|\(tab.id)"))
        for table in ["state_groups_state", "event_auth_chains", "state_events", "event_json"] {
            #expect(
                try server.rows("SELECT count(*) FROM \(identifier: table) WHERE event_id = \(escape.id)") == ["0"],
                "\(table)")
        }
    }

    @Test("is carried to the byte, whatever numbers and escapes it holds")
    func bytes() async throws {
        let server = try OddServer()
        let room = server.room("!five:example.org", version: "5")
        let content =
            #"{"a":9007199254740993,"b":1.50,"c":-0.0,"d":1E+2,"e":"\u00e9\/\ud83d\ude00","f":-123456789012345678901234567890,"é":[ ]}"#
        let message = room.send(
            "m.room.message", content: content,
            .init(
                members: [
                    #""unsigned":{"age":5,"prev_content":{},"redacted_because":{"EventNID":1}}"#,
                    #""event_id":"$wrong""#, #""zz":"last""#,
                ]))
        try await server.migrate()
        let text = try json(server, message)
        #expect(text.contains("\"content\":" + content))
        #expect(!text.contains("EventNID") && !text.contains("$wrong") && !text.contains("prev_content"))
        #expect(text.hasSuffix(#""zz":"last","unsigned":{"age_ts":\#(1_600_000_000_000 + message.nid)}}"#))
    }

    @Test("may be as long as it likes")
    func lengths() async throws {
        let server = try OddServer()
        let room = server.room()
        var random = SeededGenerator(1)
        // What cannot be compressed, so that no index can hold it.
        func noise(_ count: Int) -> String {
            String(decoding: (0..<count).map { _ in UInt8(random.below(26) + 97) }, as: UTF8.self)
        }
        let body = room.say(noise(64_000))
        let key = String(repeating: "日", count: 255)
        let state = room.state("x.state", key, content: "{}")
        let id = "$" + String(repeating: "é", count: 254)
        let named = room.say("long name", .live, .init(eventID: id))
        let reaction = room.send(
            "m.reaction",
            content: #"{"m.relates_to":{"rel_type":"m.annotation","event_id":"\#(body.id)","key":"\#(noise(6_000))"}}"#)
        let relation = room.send(
            "x", content: #"{"m.relates_to":{"rel_type":"\#(noise(6_000))","event_id":"\#(noise(6_000))"}}"#)
        let parents = room.say("long parents", .live, .init(previous: ["$" + noise(2_600)], auth: ["$" + noise(6_000)]))
        let auth = room.state("x.auth", content: "{}", .init(auth: ["$" + noise(6_000)]))
        let redaction = room.send(
            "m.room.redaction", .unapplied, content: "{}", .init(members: [#""redacts":"$\#(noise(6_000))""#]))
        let sent = room.say("long transaction", .live, .init(transaction: (1, noise(6_000))))
        let other = server.room("!\(noise(240)):example.org")
        let reply = other.send(
            "m.room.message",
            content:
                #"{"m.relates_to":{"rel_type":"m.thread","event_id":"$\#(noise(2_480))"},"body":"x","msgtype":"m.text"}"#
        )
        server.add(
            """
            INSERT INTO syncapi_receipts (id, room_id, receipt_type, user_id, event_id, receipt_ts)
            VALUES (1, \(room.id), 'm.read', '@zoe:far.example', \("$" + noise(6_000)), 5);
            SELECT setval('syncapi_receipt_id', 1);
            INSERT INTO userapi_notifications (localpart, server_name, room_id, event_id, stream_pos, ts_ms, highlight, notification_json)
            VALUES ('alice', 'example.org', \(other.id), \(reply.id), 1, 1, true, '{"actions":["notify"]}')
            """)
        let left = try await server.migrate()
        #expect(try server.rejected() == [])
        #expect(left["receipts for events whose ids are too long"] == 1)
        #expect(left["transaction ids that are too long"] == 1)
        #expect(try server.rows("SELECT event_id FROM events WHERE event_id = \(sent.id)") == [sent.id])
        #expect(try server.rows("SELECT thread_id, notif_count FROM event_push_summary") == ["main|1"])
        #expect(
            try server.rows("SELECT octet_length(json) > 64000 FROM event_json WHERE event_id = \(body.id)") == ["t"])
        #expect(try server.rows("SELECT state_key FROM current_state_events WHERE event_id = \(state.id)") == [key])
        #expect(try server.rows("SELECT prev_event_id FROM event_edges WHERE event_id = \(reaction.id)") == [named.id])
        for event in [reaction, relation, parents, auth, redaction] {
            #expect(try server.rows("SELECT event_id FROM events WHERE event_id = \(event.id)") == [event.id])
        }
    }

    @Test("that is no UTF-8 is named, with everything else loaded")
    func encoding() async throws {
        let server = try OddServer()
        let room = server.room()
        let broken = room.say("broken")
        let whole = room.say("née")
        try server.write()
        // Only a damaged database has such text; PostgreSQL takes it where it believes that nothing is known of it.
        var connection = try TemporaryDatabase.connect()
        for (encoding, statement): (Int64, SQL) in [
            (0, "UPDATE roomserver_event_json SET event_json = replace(event_json, 'broken', E'\\xFF\\xC0')"),
            (
                0,
                "UPDATE syncapi_output_room_events SET headered_event_json = replace(headered_event_json, 'broken', E'\\xFF')"
            ),
            (6, "SELECT 1"),
        ] {
            try connection.execute(
                "UPDATE pg_database SET encoding = \(encoding) WHERE datname = current_database()")
            connection = try TemporaryDatabase.connect()
            try connection.execute(statement)
        }
        try await server.migrate()
        let rejected = try server.rejected()
        #expect(rejected.count == 1)
        #expect(rejected.allSatisfy { $0.hasPrefix("\(broken.id): event_json: no UTF-8") })
        #expect(try server.rows("SELECT event_id FROM events WHERE type = 'm.room.message'") == [whole.id])
    }

    @Test("of times that are not in canonical JSON is read all the same")
    func times() async throws {
        let server = try OddServer()
        let room = server.room()
        let rest = #""auth_events":[],"depth":9,"hashes":{},"prev_events":[]"#
        let texts = [
            #"{"content":{"origin_server_ts":1700000000000},"origin_server_ts":1600000000200,"sender":"@a:b","type":"t",\#(rest)}"#,
            #"{"content":{"body":"\"origin_server_ts\":1700000000000"},"origin_server_ts":1600000000100,"sender":"@a:b","type":"t",\#(rest)}"#,
            #"{"content":{}, "sender":"@a:b", "type":"t", \#(rest), "origin_server_ts" : 1600000000300 }"#,
            #"{"content":{},"origin_server_ts":1600000000400,"sender":"@a:b","type":"t",\#(rest),"unsigned":{"b":{"origin_server_ts":1700000000000}}}"#,
            #"{"content":{},"origin_server_ts":1600000000500,"sender":"@a:b","type":"t",\#(rest)} "#,
            #"{"content":{},"sender":"@a:b","type":"t",\#(rest),"origin_server_ts":9999999999999999}"#,
        ]
        let events = texts.map { room.send("t", content: "{}", .init(json: $0)) }
        try await server.migrate()
        let received = try events.flatMap {
            try server.rows("SELECT received_ts FROM events WHERE event_id = \($0.id)")
        }
        #expect(
            received.prefix(5) == [
                "1600000000200", "1600000000200", "1600000000300", "1600000000400", "1600000000500",
            ])
        #expect(try server.rows("SELECT bool_and(received_ts < 9999999999999) FROM events") == ["t"])
    }

    @Test("of events names them as their room version does")
    func versions() async throws {
        let server = try OddServer()
        let one = server.room("!one:example.org", version: "1")
        let three = server.room("!three:example.org", version: "3")
        let slashed = three.say("slashed", .live, .init(eventID: "$a+/b="))
        let after = three.say("after")
        let create = server.room("!e\(after.nid + 1)", version: "12")
        let message = create.say("hello")
        try await server.migrate()
        #expect(try json(server, one.events[1]).contains(#""event_id":"\#(one.events[1].id)""#))
        #expect(try json(server, one.events[1]).contains(#""prev_events":[["\#(one.events[0].id)",{"sha256":"h"}]]"#))
        #expect(
            try server.rows("SELECT prev_event_id FROM event_edges WHERE event_id = \(one.events[1].id)") == [
                one.events[0].id
            ])
        #expect(try server.rows("SELECT prev_event_id FROM event_edges WHERE event_id = \(after.id)") == [slashed.id])
        #expect(
            try server.rows(
                "SELECT DISTINCT r.room_version, format_version FROM event_json JOIN rooms r USING (room_id) ORDER BY 1"
            )
                == ["1|1", "12|4", "3|2"])
        #expect(try !json(server, create.events[0]).contains("room_id"))
        #expect(
            try server.rows("SELECT auth_id FROM event_auth WHERE event_id = \(create.events[2].id) ORDER BY 1")
                == [create.events[0].id, create.events[1].id].sorted())
        #expect(try server.rows("SELECT count(*) FROM event_auth WHERE event_id = \(create.events[0].id)") == ["0"])
        #expect(try server.rows("SELECT room_id FROM events WHERE event_id = \(message.id)") == [create.id])
        #expect(try server.rows("SELECT count(*) FROM event_auth_chain_to_calculate") == ["0"])
    }
}
