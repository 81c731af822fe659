// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@Suite("Odd unread counts", .temporaryDatabase)
struct OddUnreadTests {
    private static let shown: SQL =
        "SELECT user_id, thread_id, notif_count FROM event_push_summary ORDER BY user_id, thread_id"

    private func notify(_ user: String, of event: OddEvent, in room: OddRoom, _ server: OddServer) {
        server.add(
            """
            INSERT INTO userapi_notifications (localpart, server_name, room_id, event_id, stream_pos, ts_ms, highlight, notification_json)
            VALUES (\(user), 'example.org', \(room.id), \(event.id), 1, 1, false, '{"actions":["notify"]}')
            """)
    }

    private func show(_ user: String, _ number: Int, in room: String, _ server: OddServer) {
        server.add(
            """
            INSERT INTO syncapi_notification_data (user_id, room_id, notification_count, highlight_count)
            VALUES (\("@\(user):example.org"), \(room), \(number), 0)
            """)
    }

    @Test("are what users were shown, also where Dendrite has forgotten what it counted")
    func forgotten() async throws {
        let server = try OddServer()
        let room = server.room()
        room.join("@bob:example.org")
        let (root, news) = (room.say("root"), room.say("news"))
        let reply = room.send(
            "m.room.message",
            content:
                #"{"body":"reply","m.relates_to":{"event_id":"\#(root.id)","rel_type":"m.thread"},"msgtype":"m.text"}"#)
        for event in [news, reply] { notify("bob", of: event, in: room, server) }
        show("bob", 9, in: room.id, server)
        show("alice", 4, in: room.id, server)
        show("alice", 4, in: "!gone:example.org", server)
        try await server.migrate()
        #expect(
            try server.rows(Self.shown) == [
                "@alice:example.org|main|4", "@bob:example.org|\(root.id)|1", "@bob:example.org|main|8",
            ])
        #expect(
            try server.rows(
                """
                SELECT count(*) FROM event_push_summary s JOIN local_current_membership m USING (user_id, room_id)
                WHERE s.last_receipt_stream_ordering = m.event_stream_ordering
                """) == ["3"])
    }

    @Test("hold invitations that came with a room's history once more")
    func accepted() async throws {
        let server = try OddServer()
        let room = server.room("!far:far.example", isEmpty: true)
        _ = room.createAfar()
        let invite = room.send(
            "m.room.member", .outlier, by: "@zoe:far.example", stateKey: "@bob:example.org",
            content: #"{"membership":"invite"}"#)
        room.join("@bob:example.org")
        let news = room.say("news", .live, by: "@bob:example.org")
        for event in [invite, news] { notify("bob", of: event, in: room, server) }
        show("bob", 2, in: room.id, server)
        try await server.migrate()
        #expect(try server.rows("SELECT event_id FROM event_push_actions") == [news.id])
        #expect(try server.rows(Self.shown) == ["@bob:example.org|main|2"])
    }

    @Test("are no less than nothing, and none where users were shown none")
    func none() async throws {
        let server = try OddServer()
        let room = server.room()
        room.join("@bob:example.org")
        notify("bob", of: room.say("news"), in: room, server)
        show("bob", 0, in: room.id, server)
        show("alice", 0, in: room.id, server)
        try await server.migrate()
        #expect(try server.rows(Self.shown) == [])
    }
}
