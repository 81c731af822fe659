// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Generator
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("A generated server", .temporaryDatabase)
struct HomeserverTests {
    /// A digest of every row of every table.
    private func contents(_ conninfo: String) throws -> [String: String] {
        var connection = try Connection(conninfo, side: "the generated database")
        var result: [String: String] = [:]
        for row in try connection.rows("SELECT relname FROM pg_stat_user_tables") {
            let table = row[0] ?? ""
            result[table] = try connection.value(
                """
                SELECT count(*) || ' ' || coalesce(md5(string_agg(line, '|' ORDER BY line)), '')
                FROM (SELECT t::text AS line FROM \(identifier: table) AS t) AS lines
                """)
        }
        return result
    }

    @Test("is the same for the same seed, however many work on it, and another for another seed")
    func determinism() async throws {
        var settings = GeneratedServer.smallSettings
        settings.events = 1200
        settings.workers = 1
        let first = try TemporaryDatabase.make()
        try await Homeserver.generate(settings, into: first)
        settings.workers = 3
        let second = try TemporaryDatabase.make()
        try await Homeserver.generate(settings, into: second)
        settings.seed = 2
        let other = try TemporaryDatabase.make()
        try await Homeserver.generate(settings, into: other)
        let expected = try contents(first)
        #expect(try contents(second) == expected)
        #expect(try contents(other)["roomserver_event_json"] != expected["roomserver_event_json"])
    }

    @Test("is given up wherever somebody asks to stop, the last time before its indexes are made")
    func cancellation() async throws {
        var settings = GeneratedServer.smallSettings
        (settings.events, settings.workers) = (200, 1)
        let asked = Atomic(0)
        func isCancelled(after questions: Int) -> @Sendable () -> Bool {
            { asked.add(1, ordering: .relaxed).oldValue >= questions }
        }
        try await Homeserver.generate(settings, into: TemporaryDatabase.make(), isCancelled: isCancelled(after: .max))
        let all = asked.load(ordering: .relaxed)
        // In the loop over events, and before each of five things that come later.
        #expect(all > 5)
        for questions in 0..<all {
            asked.store(0, ordering: .relaxed)
            let database = try TemporaryDatabase.make()
            await #expect(throws: CancellationError.self) {
                try await Homeserver.generate(settings, into: database, isCancelled: isCancelled(after: questions))
            }
            var connection = try Connection(database, side: "the generated database")
            let indexes = try connection.integer(
                "SELECT count(*) FROM pg_indexes WHERE tablename = 'roomserver_events'")
            #expect(indexes == 0)
        }
    }

    @Test("knows events of every kind, each in the tables of its kind")
    func kinds() async throws {
        try await Homeserver.generate(GeneratedServer.smallSettings, into: TemporaryDatabase.conninfo)
        var connection = try TemporaryDatabase.connect()
        // Rejected, with a state before, sent, among clients' events, hidden from sync.
        let kinds = try connection.rows(
            """
            SELECT DISTINCT is_rejected, state_snapshot_nid <> 0, sent_to_output, o.id IS NOT NULL,
                   coalesce(exclude_from_sync, false)
            FROM roomserver_events LEFT JOIN syncapi_output_room_events AS o USING (event_id) ORDER BY 1, 2, 3, 4, 5
            """)
        #expect(
            kinds == [
                ["f", "f", "f", "f", "f"],  // outliers
                ["f", "t", "f", "f", "f"],  // soft-failed
                ["f", "t", "f", "t", "t"],  // fetched history
                ["f", "t", "t", "t", "f"],  // live
                ["t", "t", "f", "f", "f"],  // rejected
            ])
        for type in ["m.reaction", "m.room.encrypted", "m.room.redaction", "m.room.topic"] {
            #expect(
                try connection.integer(
                    """
                    SELECT count(*) FROM roomserver_events JOIN roomserver_event_types USING (event_type_nid)
                    WHERE event_type = \(type)
                    """) ?? 0 > 0, "\(type)")
        }
    }

    @Test("remembers who follows whom exactly as the events say")
    func previousEvents() async throws {
        try await Homeserver.generate(GeneratedServer.smallSettings, into: TemporaryDatabase.conninfo)
        var connection = try TemporaryDatabase.connect()
        let differences = try connection.integer(
            """
            WITH told AS (
                SELECT previous AS id, array_agg(event_nid ORDER BY event_nid) AS numbers
                FROM roomserver_event_json, jsonb_array_elements_text(event_json::jsonb -> 'prev_events') AS previous
                GROUP BY 1),
            kept AS (
                SELECT previous_event_id AS id, (SELECT array_agg(n ORDER BY n) FROM unnest(event_nids) AS n) AS numbers
                FROM roomserver_previous_events)
            SELECT count(*) FROM told FULL JOIN kept USING (id, numbers) WHERE told.id IS NULL OR kept.id IS NULL
            """)
        #expect(differences == 0)
    }

    @Test("has replaced what was redacted, and names the redaction")
    func redactions() async throws {
        try await Homeserver.generate(GeneratedServer.smallSettings, into: TemporaryDatabase.conninfo)
        var connection = try TemporaryDatabase.connect()
        let rows = try connection.rows(
            """
            SELECT redaction_event_id, event_json::jsonb -> 'unsigned' ->> 'redacted_by',
                   event_json::jsonb ->> 'content'
            FROM roomserver_redactions JOIN roomserver_events ON event_id = redacts_event_id
            JOIN roomserver_event_json USING (event_nid)
            """)
        #expect(rows.count > 10)
        for row in rows {
            #expect(row[0] == row[1])
            #expect(row[2] == "{}")
        }
    }

    @Test("has sequences that go on where its rows end")
    func sequences() async throws {
        try await Homeserver.generate(GeneratedServer.smallSettings, into: TemporaryDatabase.conninfo)
        var connection = try TemporaryDatabase.connect()
        let positions = try connection.integer(
            """
            SELECT count(*) - count(DISTINCT id) FROM (
                SELECT id FROM syncapi_output_room_events UNION ALL SELECT id FROM syncapi_invite_events
                UNION ALL SELECT id FROM syncapi_account_data_type) AS ids
            """)
        #expect(positions == 0, "two rows share a stream position")
        #expect(
            try connection.value(
                """
                SELECT nextval('syncapi_stream_id') > greatest(
                    (SELECT max(id) FROM syncapi_output_room_events), (SELECT max(id) FROM syncapi_invite_events),
                    (SELECT max(id) FROM syncapi_account_data_type))
                """) == "t")
        #expect(
            try connection.value(
                "SELECT nextval('roomserver_event_nid_seq') = (SELECT max(event_nid) + 1 FROM roomserver_events)")
                == "t")
    }

    @Test("keeps uploads under their content's hash", .temporaryFolder)
    func media() async throws {
        try await Homeserver.generate(
            GeneratedServer.smallSettings, into: TemporaryDatabase.conninfo, mediaFolder: TemporaryFolder.url)
        var connection = try TemporaryDatabase.connect()
        let rows = try connection.rows("SELECT base64hash, file_size_bytes FROM mediaapi_media_repository")
        #expect(rows.count == 12)
        for row in rows {
            let hash = try #require(row[0])
            let path = "\(hash.prefix(1))/\(hash.dropFirst().prefix(1))/\(hash.dropFirst(2))/file"
            let content = try Data(contentsOf: TemporaryFolder.url.appending(path: path))
            #expect(row[1] == String(content.count))
            #expect(Base64.encode(try SHA256.digest([UInt8](content)).bytes, .urlSafe) == hash)
        }
    }

    @Test("gives a giant room its share")
    func giant() async throws {
        var settings = GeneratedServer.smallSettings
        settings.giantRoomShare = 0.8
        settings.rooms = 10
        try await Homeserver.generate(settings, into: TemporaryDatabase.conninfo)
        var connection = try TemporaryDatabase.connect()
        let events = try connection.integer("SELECT count(*) FROM roomserver_events WHERE room_nid = 1") ?? 0
        #expect((2000...2700).contains(events))
    }

    @Test("is not made of settings that make no sense")
    func nonsense() async throws {
        var settings = GeneratorSettings()
        settings.roomVersions = ["3"]
        await #expect(throws: GeneratorError.self) {
            try await Homeserver.generate(settings, into: TemporaryDatabase.conninfo)
        }
    }
}
