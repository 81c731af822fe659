// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("Search on a large server", .temporaryDatabase)
struct OddSearchTests {
    /// Adds messages and names without words.
    private func fallSilent(_ count: Int, in room: OddRoom) {
        for number in 0..<count {
            switch number % 3 {
            case 0: room.send("m.room.message", content: "{}")
            case 1: room.send("m.room.message", content: #"{"body":5}"#)
            default: room.state("m.room.name", content: #"{"title":"x"}"#)
            }
            // Those that are not searched do not count.
            room.send("m.room.encrypted", content: "{}")
        }
    }

    /// What Synapse is asked for: from one event on up to before another.
    private func stretch(_ server: OddServer) throws -> [String] {
        try server.rows(
            """
            SELECT (SELECT event_id FROM events WHERE stream_ordering = (p ->> 'target_min_stream_id_inclusive')::bigint),
                   (SELECT event_id FROM events WHERE stream_ordering = (p ->> 'max_stream_id_exclusive')::bigint)
            FROM (SELECT progress_json::json FROM background_updates WHERE update_name = 'event_search') u (p)
            """)
    }

    private func found(_ server: OddServer) throws -> [String] {
        try server.rows("SELECT event_id FROM event_search WHERE key = 'content.body' ORDER BY stream_ordering")
    }

    @Test("is left to Synapse whole where it comes through, in spite of some messages without words")
    func whole() async throws {
        let server = try OddServer()
        let room = server.room()
        for _ in 0..<3 {
            fallSilent(49, in: room)
            room.say("hello")
        }
        try await server.migrate(searchLimit: 10)
        #expect(try stretch(server) == ["\(room.events[0].id)|-"])
        #expect(try found(server) == [])
    }

    @Test("is done by the loader beyond messages at which Synapse would stop, and by Synapse where there are most")
    func rows() async throws {
        let server = try OddServer()
        let room = server.room()
        // Far below all others, and nothing that is searched.
        for number in 0..<200 { room.state("x", "\(number)", .outlier, content: "{}") }
        let old = room.say("old")
        fallSilent(50, in: room)
        let between = (0..<20).map { room.say("\($0)") }
        let silent = room.send("m.room.message", content: "{}")
        fallSilent(60, in: room)
        let new = [room.say("new"), room.say("newest")]
        try await server.migrate(searchLimit: 10)
        #expect(between.count == 20)
        #expect(try stretch(server).first?.hasSuffix("|\(silent.id)") == true)
        #expect(try found(server) == [old.id] + new.map(\.id))
    }
}
