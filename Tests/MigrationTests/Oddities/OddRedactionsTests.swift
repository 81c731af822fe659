// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("Odd redactions", .temporaryDatabase)
struct OddRedactionsTests {
    /// Adds a redaction and what Dendrite wrote down of it.
    private func redact(
        _ target: String, in room: OddRoom, _ server: OddServer, _ kind: OddEvent.Kind = .live,
        by sender: String = "@alice:example.org",
        isValidated: Bool = true, noted: String? = nil
    ) -> OddEvent {
        let isInContent = room.version == "11"
        let redaction = room.send(
            "m.room.redaction", kind, by: sender, content: isInContent ? #"{"redacts":"\#(target)"}"# : "{}",
            .init(members: isInContent ? [] : [#""redacts":"\#(target)""#]))
        server.add("INSERT INTO roomserver_redactions VALUES (\(redaction.id), \(noted ?? target), \(isValidated))")
        return redaction
    }

    private static let rows: SQL = "SELECT redacts, event_id, have_censored, recheck FROM redactions ORDER BY 1"

    @Test("whose target came back whole leave it out of search, and Synapse to cut it down")
    func uncensored() async throws {
        let server = try OddServer()
        let room = server.room()
        let whole = room.say("secret")
        let kept = room.say("public")
        let cut = room.say(
            "", .live,
            .init(members: [
                #""unsigned":{"redacted_because":{"EventNID":9,"PDU":{},"Rejected":false},"redacted_by":"$e8"}"#
            ]))
        let first = redact(whole.id, in: room, server)
        let second = redact(cut.id, in: room, server)
        try await server.migrate()
        #expect(
            try server.rows(Self.rows) == ["\(whole.id)|\(first.id)|f|f", "\(cut.id)|\(second.id)|t|f"])
        #expect(try server.rows("SELECT event_id FROM event_search WHERE key = 'content.body' ORDER BY 1") == [kept.id])
        #expect(
            try server.rows("SELECT (json::json -> 'unsigned')::text FROM event_json WHERE event_id = \(cut.id)")
                == [#"{"age_ts":\#(1_600_000_000_000 + cut.nid)}"#])
    }

    @Test("that name what Synapse cannot look up are left out by name, unless nobody is shown them")
    func nameless() async throws {
        let server = try OddServer()
        let ten = server.room()
        let eleven = server.room("!eleven:example.org", version: "11")
        let said = ten.say("hello")
        let texts = ["5", #"["\#(said.id)"]"#, "{}", "false", #""$\u0000""#]
        var lost = texts.map { ten.send("m.room.redaction", content: "{}", .init(members: [#""redacts":\#($0)"#])) }
        lost += texts.map { eleven.send("m.room.redaction", content: #"{"redacts":\#($0)}"#) }
        let kept = [
            ten.send("m.room.redaction", .rejected, content: "{}", .init(members: [#""redacts":5"#])),
            ten.send("m.room.redaction", content: #"{"redacts":5}"#, .init(members: [#""redacts":null"#])),
            eleven.send("m.room.redaction", content: #"{"redacts":null}"#, .init(members: [#""redacts":5"#])),
            ten.send("m.room.redaction", content: "{}", .init(members: [#""redacts":"""#])),
        ]
        try await server.migrate()
        let reasons = texts.map { $0.hasPrefix("\"") ? "holds U+0000" : "is no text" }
        #expect(
            try server.rejected() == zip(lost, reasons + reasons).map { "\($0.id): redacts: \($1)" }.sorted())
        #expect(
            try server.rows("SELECT event_id FROM events WHERE type = 'm.room.redaction' ORDER BY 1")
                == kept.map(\.id).sorted())
        #expect(
            try server.rows("SELECT event_id FROM event_forward_extremities ORDER BY 1")
                == [kept[2].id, kept[3].id].sorted())
    }

    @Test("that came with history and without state have that of their parents")
    func history() async throws {
        let server = try OddServer()
        let room = server.room()
        let old = room.say("old", .backfilled, .init(depth: 2))
        let other = room.say("other", .backfilled, .init(depth: 2))
        func redact(_ previous: [String], _ kind: OddEvent.Kind = .backfilled) -> OddEvent {
            room.send(
                "m.room.redaction", kind, content: "{}",
                .init(previous: previous, snapshot: 0, depth: 3, members: [#""redacts":"\#(other.id)""#]))
        }
        let known = [redact([old.id]), redact([old.id, other.id])]
        let next = redact([known[0].id])
        let unknown = [redact(["$gone"]), redact([old.id, "$gone"]), redact([]), redact([old.id], .outlier)]
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT event_id FROM events WHERE outlier ORDER BY 1") == unknown.map(\.id).sorted())
        #expect(
            try server.rows(
                """
                SELECT event_id FROM event_to_state_groups JOIN events USING (event_id)
                WHERE type = 'm.room.redaction' AND state_group = (
                    SELECT state_group FROM event_to_state_groups WHERE event_id = \(old.id)) ORDER BY 1
                """) == (known + [next]).map(\.id).sorted())
        #expect(
            try server.rows(
                "SELECT DISTINCT internal_metadata FROM event_json WHERE event_id IN (\(next.id), \(known[1].id))")
                == ["{}"])
        #expect(
            try server.rows("SELECT event_id FROM event_backward_extremities WHERE event_id = \(known[0].id)") == [])
        #expect(left[EventFacts.lost] == 3)
    }

    @Test("that came with history are judged again where the sender's power does not say enough, or nobody knows it")
    func historyOfNoPower() async throws {
        let server = try OddServer()
        let room = server.room()
        room.join("@bob:example.org")
        let targets = (0..<4).map { room.say("old \($0)", .backfilled, .init(depth: 3)) }
        func redact(_ target: OddEvent, _ previous: [String], by sender: String = "@bob:example.org") -> OddEvent {
            room.send(
                "m.room.redaction", .backfilled, by: sender, content: "{}",
                .init(previous: previous, snapshot: 0, depth: 4, members: [#""redacts":"\#(target.id)""#]))
        }
        let byAlice = redact(targets[0], [targets[0].id], by: "@alice:example.org")
        _ = redact(targets[0], [targets[0].id])
        let byBob = redact(targets[1], [targets[1].id])
        let next = redact(targets[2], [byBob.id])
        let unknown = redact(targets[3], ["$gone"], by: "@alice:example.org")
        try await server.migrate()
        let expected = [
            (targets[0], byAlice, "f"), (targets[1], byBob, "t"), (targets[2], next, "t"), (targets[3], unknown, "t"),
        ]
        #expect(try server.rows(Self.rows) == expected.map { "\($0.id)|\($1.id)|f|\($2)" }.sorted())
        let judged = try server.rows(
            "SELECT event_id FROM event_json WHERE internal_metadata LIKE '%recheck_redaction%'")
        #expect(judged.count == 4)
    }

    @Test("that were redacted say again what they redact, as Synapse shows no others", arguments: ["1", "10", "11"])
    func redacted(version: String) async throws {
        let server = try OddServer()
        let room = server.room("!v:example.org", version: version)
        let message = room.say("secret")
        let first = room.send(
            "m.room.redaction", content: "{}", .init(members: [#""unsigned":{"redacted_by":"$e99"}"#]))
        server.add("INSERT INTO roomserver_redactions VALUES (\(first.id), \(message.id), true)")
        let second = redact(first.id, in: room, server)
        try await server.migrate()
        #expect(
            try server.rows(
                "SELECT json::json ->> 'redacts' FROM event_json WHERE event_id IN (\(first.id), \(second.id)) ORDER BY 1"
            )
                == (version == "11" ? ["-", "-"] : [message.id, first.id].sorted()))
        let text = try server.migration().verify().checks.first { $0.name == "Sampled events say what they said" }
        #expect(text.map { $0.examined > 0 && $0.wrong == 0 } == true)
    }

    @Test("of one event are one: the one that clients saw last")
    func several() async throws {
        let server = try OddServer()
        let room = server.room()
        let message = room.say("secret")
        _ = redact(message.id, in: room, server)
        let shown = redact(message.id, in: room, server, isValidated: false)
        _ = redact(message.id, in: room, server, .unapplied, isValidated: false)
        _ = redact(message.id, in: room, server, .rejected, isValidated: false)
        try await server.migrate()
        #expect(try server.rows(Self.rows) == ["\(message.id)|\(shown.id)|f|f"])
    }

    @Test("that Dendrite did not apply are judged again where the sender's power does not say enough")
    func unapplied() async throws {
        let server = try OddServer()
        let room = server.room()
        room.join("@bob:example.org")
        let message = room.say("alice's")
        let byBob = redact(message.id, in: room, server, .unapplied, by: "@bob:example.org", isValidated: false)
        let unknown = redact("$elsewhere", in: room, server, .unapplied, isValidated: false)
        server.add("INSERT INTO roomserver_redactions VALUES ('$never-stored', \(message.id), false)")
        try await server.migrate()
        #expect(
            try server.rows(Self.rows) == ["$elsewhere|\(unknown.id)|f|f", "\(message.id)|\(byBob.id)|f|t"].sorted())
        #expect(
            try server.rows("SELECT stream_ordering < 0 FROM events WHERE type = 'm.room.redaction'") == ["t", "t"])
        #expect(try server.rows("SELECT event_id FROM event_search WHERE event_id = \(message.id)") == [message.id])
    }

    @Test("that name their target in the content take effect, as they do everywhere else")
    func inContent() async throws {
        let server = try OddServer()
        let room = server.room("!eleven:example.org", version: "11")
        let message = room.say("secret")
        let redaction = redact(message.id, in: room, server, .unapplied, isValidated: false, noted: "")
        let top = room.send(
            "m.room.redaction", .unapplied, content: "{}", .init(members: [#""redacts":"\#(room.events[1].id)""#]))
        try await server.migrate()
        #expect(try server.rows(Self.rows) == ["\(message.id)|\(redaction.id)|f|f"])
        #expect(try server.rows("SELECT count(*) FROM events WHERE event_id = \(top.id)") == ["1"])
    }

    @Test("from another room take nothing away, from an event nor from its own room's redaction of it")
    func fromAnotherRoom() async throws {
        let server = try OddServer()
        let (room, other) = (server.room(), server.room("!other:example.org"))
        let (kept, redacted) = (room.say("kept"), room.say("redacted"))
        let own = redact(redacted.id, in: room, server)
        for message in [kept, redacted] {
            _ = redact(message.id, in: other, server, .live, isValidated: false)
        }
        try await server.migrate()
        #expect(try server.rows(Self.rows) == ["\(redacted.id)|\(own.id)|f|f"])
        #expect(try server.rows("SELECT count(*) FROM events WHERE type = 'm.room.redaction'") == ["3"])
    }

    @Test("that were redacted themselves stand for what Dendrite applied them to")
    func redactedThemselves() async throws {
        let server = try OddServer()
        let room = server.room()
        let message = room.say("secret")
        let redaction = room.send("m.room.redaction", content: "{}")
        server.add(
            """
            INSERT INTO roomserver_redactions VALUES (\(redaction.id), \(message.id), true), (\(message.id), '$e1', true)
            """)
        // Of another message one is left that says so itself.
        let twice = room.say("secret, too")
        let gone = room.send("m.room.redaction", content: "{}")
        server.add("INSERT INTO roomserver_redactions VALUES (\(gone.id), \(twice.id), true)")
        let left = redact(twice.id, in: room, server, .unapplied, isValidated: false)
        try await server.migrate()
        #expect(
            try server.rows(Self.rows)
                == ["\(message.id)|\(redaction.id)|f|f", "\(twice.id)|\(left.id)|f|f"].sorted())
    }

    @Test("that Synapse has yet to judge give way to one that it need not, but for one that clients saw")
    func judgedLast() async throws {
        let server = try OddServer()
        let room = server.room("!eleven:example.org", version: "11")
        room.join("@bob:far.example")
        let (spam, own) = (room.say("spam"), room.say("own", by: "@bob:far.example"))
        let moderator = redact(spam.id, in: room, server, .unapplied, isValidated: false)
        _ = redact(spam.id, in: room, server, .unapplied, by: "@bob:far.example", isValidated: false)
        _ = redact(own.id, in: room, server)
        let again = redact(own.id, in: room, server, by: "@bob:far.example", isValidated: false)
        try await server.migrate()
        #expect(
            try server.rows(Self.rows) == ["\(spam.id)|\(moderator.id)|f|f", "\(own.id)|\(again.id)|f|t"].sorted())
    }
}
