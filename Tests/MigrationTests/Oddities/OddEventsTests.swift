// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@Suite("Odd events", .temporaryDatabase)
struct OddEventsTests {
    private static let columns: SQL =
        "SELECT e.event_id, e.outlier, e.rejection_reason, j.internal_metadata FROM events e JOIN event_json j USING (event_id)"

    @Test("that Dendrite rejected stay rejected, and have no part in state or graph")
    func rejected() async throws {
        let server = try OddServer()
        let room = server.room()
        let message = room.say("hello")
        let known = room.state(
            "m.room.topic", "", .rejected, by: "@bob:example.org", content: #"{"topic":"no"}"#,
            .init(snapshot: room.snapshot(of: room.blocks)))
        let unknown = room.say("no", .rejected)
        try await server.migrate()
        #expect(
            try server.rows("\(Self.columns) WHERE rejection_reason IS NOT NULL ORDER BY stream_ordering")
                == ["\(known.id)|f|auth_error|{}", #"\#(unknown.id)|t|auth_error|{"outlier":true}"#])
        #expect(try server.rows("SELECT event_id FROM rejections ORDER BY 1") == [known.id, unknown.id].sorted())
        #expect(
            try server.rows("SELECT count(*) FROM event_edges WHERE event_id IN (\(known.id), \(unknown.id))") == ["0"])
        #expect(try server.rows("SELECT event_id FROM event_forward_extremities") == [message.id])
        #expect(try server.state(after: known) == server.state(after: message))
        #expect(try server.rows("SELECT count(*) FROM event_to_state_groups WHERE event_id = \(unknown.id)") == ["0"])
        #expect(
            try server.rows("SELECT type FROM current_state_events ORDER BY 1") == [
                "m.room.create", "m.room.member", "m.room.power_levels",
            ])
        #expect(
            try server.rows(
                "SELECT count(*) FROM events WHERE rejection_reason IS NOT NULL AND stream_ordering > -\(100)") == ["2"]
        )
        #expect(
            try server.rows("SELECT count(*) FROM events WHERE rejection_reason IS NOT NULL AND stream_ordering >= 0")
                == ["0"])
    }

    @Test("that were soft-failed are kept and hidden")
    func softFailed() async throws {
        let server = try OddServer()
        let room = server.room()
        let before = room.say("hello")
        let hidden = room.say("late to the party", .softFailed)
        let after = room.say("hello again")
        try await server.migrate()
        #expect(
            try server.rows("\(Self.columns) WHERE event_id = \(hidden.id)") == [
                #"\#(hidden.id)|f|-|{"soft_failed":true}"#
            ])
        #expect(try server.rows("SELECT stream_ordering < 0 FROM events WHERE event_id = \(hidden.id)") == ["t"])
        #expect(try server.rows("SELECT event_id FROM event_forward_extremities") == [after.id])
        #expect(try server.state(after: hidden) == server.state(after: before))
        #expect(
            try server.rows(
                "SELECT stream_ordering FROM events WHERE event_id IN (\(before.id), \(after.id)) ORDER BY 1")
                == [before, after].map { "\($0.syncID ?? 0)" })
    }

    @Test("whose parents are missing mark where history goes on, and several tips stay several")
    func missingParents() async throws {
        let server = try OddServer()
        let room = server.room()
        let left = room.say("left", .live, .init(previous: ["$gone", "$gone2"]))
        let outlier = room.say("outlier", .outlier, .init(previous: ["$beyond"]))
        let right = room.say("right", .live, .init(previous: [outlier.id, "$gone", outlier.id]))
        _ = room.say("no", .rejected, .init(previous: ["$unwanted"]))
        room.latest = [left, right]
        try await server.migrate()
        #expect(
            try server.rows("SELECT event_id FROM event_forward_extremities ORDER BY 1")
                == [left.id, right.id].sorted())
        #expect(
            try server.rows("SELECT event_id FROM event_backward_extremities ORDER BY 1")
                == ["$gone", "$gone2", outlier.id].sorted())
        #expect(
            try server.rows("SELECT prev_event_id FROM event_edges WHERE event_id = \(right.id) ORDER BY 1")
                == ["$gone", outlier.id].sorted())
    }

    @Test("whose parents are in another room or unreadable mark where history goes on; those that are there do not")
    func unreachableParents() async throws {
        let server = try OddServer()
        let (room, other) = (server.room(), server.room("!other:example.org"))
        let elsewhere = other.say("elsewhere")
        let topic = room.state("m.room.topic", content: "{}")
        let message = room.say("hello")
        let broken = room.say("broken", .live, .init(json: "{"))
        let escaped = #"\u0024"# + message.id.dropFirst()
        room.say("after", .live, .init(previous: [elsewhere.id, topic.id, broken.id, escaped]))
        room.state("m.room.name", content: "{}", .init(previous: [elsewhere.id, message.id]))
        try await server.migrate()
        #expect(
            try server.rows("SELECT event_id, room_id FROM event_backward_extremities ORDER BY 1")
                == [elsewhere, broken].map { "\($0.id)|\(room.id)" }.sorted())
    }

    @Test("whose parents another load could not read mark where history goes on")
    func parentsThatAnotherLoadRejects() async throws {
        let server = try OddServer()
        let room = server.room()
        let brokenState = room.state("m.room.topic", content: "{}", .init(json: "{"))
        room.say("after state", .live, .init(previous: [brokenState.id]))
        let brokenMessage = room.say("broken", .live, .init(json: "{"))
        room.state("m.room.name", content: "{}", .init(previous: [brokenMessage.id]))
        let brokenByOutlier = room.say("broken, too", .live, .init(json: "{"))
        room.say("outlier", .outlier, .init(previous: [brokenByOutlier.id]))
        try await server.migrate()
        #expect(
            try server.rows("SELECT event_id FROM event_backward_extremities ORDER BY 1")
                == [brokenState.id, brokenMessage.id].sorted())
    }

    @Test("that filled a gap keep their numbers, and backfilled history goes below zero in its order")
    func history() async throws {
        let server = try OddServer()
        let room = server.room()
        let base = room.snapshot(of: room.blocks)
        let old = [
            room.say("old 1", .backfilled, .init(previous: ["$x"], snapshot: base, depth: 1)),
            room.say("old 2", .backfilled, .init(previous: ["$y"], snapshot: base, depth: 2, isExcluded: "true")),
        ]
        let filler = room.state("m.room.topic", "", .gapFiller, content: "{}", .init(previous: ["$z"], snapshot: base))
        let below = room.state(
            "m.room.name", "", .gapFiller, content: "{}", .init(previous: [filler.id], snapshot: base))
        let live = room.say("new", .live, .init(previous: [below.id]))
        try await server.migrate()
        func positions(_ events: [OddEvent]) throws -> [String] {
            try events.flatMap { try server.rows("SELECT stream_ordering FROM events WHERE event_id = \($0.id)") }
        }
        #expect(try positions([filler, below, live]) == [filler, below, live].map { "\($0.syncID ?? 0)" })
        let highest = live.syncID ?? 0
        #expect(try positions(old) == old.map { "\(($0.syncID ?? 0) - highest - 1)" })
    }

    @Test(
        "that the sync component had not got to come after all others, and rows of it without an event are passed over")
    func lag() async throws {
        let server = try OddServer()
        let room = server.room()
        let last = room.say("seen")
        let late = [room.say("not yet seen", .late), room.join("@bob:example.org", "join", .late)]
        server.add(
            """
            INSERT INTO syncapi_output_room_events (id, event_id, room_id, headered_event_json, type, sender, contains_url)
            VALUES (\(server.next("syncapi_stream_id")), '$purged', '!purged:example.org', '{}', 'm.room.message', '@a:example.org', false)
            """)
        let (late1, late2) = (late[0], late[1])
        try await server.migrate()
        #expect(
            try server.rows(
                "SELECT event_id FROM events WHERE stream_ordering > 0 ORDER BY stream_ordering DESC LIMIT 3")
                == [late2.id, late1.id, last.id])
        #expect(
            try server.rows("SELECT user_id, membership FROM local_current_membership ORDER BY 1") == [
                "@alice:example.org|join", "@bob:example.org|join",
            ])
        #expect(try server.rows("SELECT count(*) FROM events WHERE event_id = '$purged'") == ["0"])
        #expect(
            try server.rows("SELECT bool_and(received_ts >= origin_server_ts) FROM events WHERE stream_ordering > 0")
                == ["t"])
    }

    @Test("of which flags or JSON are missing are taken as they are, or named")
    func missing() async throws {
        let server = try OddServer()
        let room = server.room()
        let unflagged = room.say("no flag", .live, .init(isExcluded: "NULL"))
        let message = room.say("no JSON", .live, .init(hasJSON: false))
        let unsent = room.say("no JSON either", .softFailed, .init(hasJSON: false))
        let topic = room.state("m.room.topic", content: "{}", .init(hasJSON: false))
        server.add(
            """
            INSERT INTO roomserver_events (event_nid, room_nid, event_type_nid, event_state_key_nid, depth, event_id, auth_event_nids)
            VALUES (901, 99, 5, 1, 1, '$homeless', '{}'), (902, 99, 65536, 0, 1, '$homeless2', '{}');
            INSERT INTO roomserver_event_json SELECT nid, '{}' FROM unnest(ARRAY[901, 902]) nid
            """)
        try await server.migrate()
        #expect(
            try server.rows("SELECT stream_ordering FROM events WHERE event_id = \(unflagged.id)") == [
                "\(unflagged.syncID ?? 0)"
            ])
        #expect(
            try Set(server.rejected()) == [
                "\(message.id): event_json: its JSON is missing", "\(unsent.id): event_json: its JSON is missing",
                "\(topic.id): event_json: its JSON is missing", "$homeless: room_nid: its room is missing",
                "$homeless2: room_nid: its room is missing",
            ])
        #expect(
            try server.rows(
                "SELECT count(*) FROM event_to_state_groups g WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.event_id = g.event_id)"
            ) == ["0"])
    }
}
