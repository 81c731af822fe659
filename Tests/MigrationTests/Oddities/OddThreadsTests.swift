// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@Suite("Odd threads", .temporaryDatabase)
struct OddThreadsTests {
    private func reply(
        to root: String, in room: OddRoom, _ kind: OddEvent.Kind = .live, _ quirks: OddEvent.Quirks = .init()
    ) -> OddEvent {
        room.send(
            "m.room.message", kind,
            content:
                #"{"body":"reply","m.relates_to":{"event_id":"\#(root)","rel_type":"m.thread"},"msgtype":"m.text"}"#,
            quirks)
    }

    private static let rows: SQL = """
        SELECT room_id, thread_id, latest_event_id, topological_ordering, stream_ordering FROM threads ORDER BY thread_id
        """

    @Test("are those whose root is there, with the latest reply that was not redacted")
    func latest() async throws {
        let server = try OddServer()
        let room = server.room()
        let (root, silent, unread) = (
            room.say("root"), room.say("silent"), room.say("unread", .live, .init(hasJSON: false))
        )
        _ = reply(to: root.id, in: room)
        let latest = reply(to: root.id, in: room)
        for kind in [OddEvent.Kind.outlier, .rejected] { _ = reply(to: root.id, in: room, kind) }
        let redacted = reply(to: root.id, in: room)
        let alone = reply(to: silent.id, in: room)
        for target in [redacted, alone] {
            let redaction = room.send(
                "m.room.redaction", content: "{}", .init(members: [#""redacts":"\#(target.id)""#]))
            server.add("INSERT INTO roomserver_redactions VALUES (\(redaction.id), \(target.id), true)")
        }
        for root in [unread.id, "$elsewhere"] { _ = reply(to: root, in: room) }
        try await server.migrate()
        #expect(
            try server.rows(Self.rows) == [
                "\(room.id)|\(root.id)|\(latest.id)|\(latest.depth)|\(latest.syncID ?? 0)"
            ])
        #expect(try server.rows("SELECT 1 FROM event_relations WHERE event_id = \(redacted.id)") == [])
    }

    @Test("keep what a reply notified of, also after it was redacted")
    func notified() async throws {
        let server = try OddServer()
        let room = server.room()
        let root = room.say("root")
        let answer = reply(to: root.id, in: room)
        let redaction = room.send("m.room.redaction", content: "{}", .init(members: [#""redacts":"\#(answer.id)""#]))
        server.add("INSERT INTO roomserver_redactions VALUES (\(redaction.id), \(answer.id), true)")
        server.add(
            """
            INSERT INTO userapi_notifications (localpart, server_name, room_id, event_id, stream_pos, ts_ms, highlight, notification_json)
            VALUES ('alice', 'example.org', \(room.id), \(answer.id), 1, 1, true, '{"actions":["notify"]}')
            """)
        try await server.migrate()
        #expect(try server.rows("SELECT event_id, thread_id FROM event_push_actions") == ["\(answer.id)|\(root.id)"])
        #expect(try server.rows(Self.rows) == [])
    }

    @Test("begun in one room and answered in another are the other room's, and state may answer")
    func elsewhere() async throws {
        let server = try OddServer()
        let (room, other) = (server.room(), server.room("!s:example.org"))
        let root = room.say("root")
        let answer = reply(to: root.id, in: other)
        let state = room.state(
            "m.room.topic", content: #"{"m.relates_to":{"event_id":"\#(root.id)","rel_type":"m.thread"},"topic":""}"#)
        try await server.migrate()
        #expect(
            try Set(server.rows(Self.rows)) == [
                "\(room.id)|\(root.id)|\(state.id)|\(state.depth)|\(state.syncID ?? 0)",
                "\(other.id)|\(root.id)|\(answer.id)|\(answer.depth)|\(answer.syncID ?? 0)",
            ])
    }
}
