// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Migration
import Postgres
import TestSupport
import Testing

/// Status, abort and forget on a target with all that can be in one: rows that were there before, moved and untouched
/// sequences, constraints of every kind, a trigger, comments.
@Suite("A migration's target", .temporaryDatabase)
struct MigrationTargetTests {
    private struct Crash: Error {}

    private static let schema: SQL = """
        CREATE SEQUENCE moved; SELECT setval('moved', 41, true);
        CREATE SEQUENCE untouched;
        CREATE SEQUENCE announced; SELECT setval('announced', 7, false);
        CREATE TABLE room (room_id text PRIMARY KEY, creator text);
        CREATE TABLE event (event_id text CONSTRAINT event_key UNIQUE, room_id text REFERENCES room, depth bigint,
            content bytea DEFAULT '\\x00ff');
        CREATE INDEX event_depth ON event (depth DESC) WHERE depth > 0;
        COMMENT ON INDEX event_depth IS 'by depth';
        CREATE TABLE mention (event_id text REFERENCES event (event_id), name text);
        CREATE TABLE stream_position (stream_id bigint, instance text, seen timestamptz, raw bytea, note json);
        INSERT INTO stream_position VALUES (-1, 'master', '2026-01-31T12:00:00.123456Z', '\\x00ff', '{"a": [1, null]}'),
            (NULL, 'it''s', NULL, NULL, NULL);
        CREATE TABLE schema_compat_version (compat_version integer);
        INSERT INTO schema_compat_version VALUES (94);
        CREATE TABLE unrelated (name text);
        INSERT INTO unrelated VALUES ('stays');
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
        CREATE TRIGGER guard BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse();
        """

    private var target: MigrationTarget { MigrationTarget(TemporaryDatabase.conninfo) }

    /// Loads of both kinds; the last of them fails if so wished, while indexes are away.
    private func loads(failing: Bool) -> [TableLoad] {
        let event = Table("event", .text("event_id"), .text("room_id"), .bigint("depth"))
        return [
            TableLoad(
                into: "room", weight: 9, from: "SELECT 'r' || n AS room_id, 'c' AS creator FROM generate_series(1, 9) n"
            ),
            TableLoad("events", into: [event], weight: 3) { _, sink in
                for number in 1...3 {
                    sink.append(to: event) { row in
                        row.write("e\(number)")
                        row.write("r1")
                        row.write(Int64(number))
                    }
                    try sink.endRow()
                }
                if failing { throw Crash() }
            },
            TableLoad(
                "settled", .settle, into: ["stream_position"],
                statements: [
                    "UPDATE stream_position SET stream_id = 5", "SELECT setval('moved', 1000), nextval('untouched')",
                ]),
        ]
    }

    private func begin(failing: Bool, finish: Bool = false) async throws {
        let sessions = Sessions(source: TemporaryDatabase.conninfo, target: TemporaryDatabase.conninfo)
        var connection = try sessions.openTarget()
        let inputs = """
            {"server": "example.org", "source": "d", "phases": [], "skipMedia": true, "isDryRun": false, "counted": {}}
            """
        let loads = loads(failing: failing)
        try Ledger().begin(
            Ledger.Migration(inputs: inputs, plan: "{}", version: "7"), loads, keeping: ["schema_compat_version"],
            extra: ["SELECT setval('announced', 99, true)"], on: &connection)
        var settings = Loader.Settings()
        settings.workers = 1
        settings.deferralThreshold = 1
        let loader = Loader(sessions: sessions, settings: settings, progress: LoadProgress())
        if failing {
            await #expect(throws: Crash.self) { try await loader.run(loads) }
        } else {
            try await loader.run(loads)
        }
        if finish { try Ledger().complete(dropping: [], on: &connection) }
    }

    /// All that the catalog and the tables hold, as text.
    private func picture() throws -> [[String?]] {
        var connection = try TemporaryDatabase.connect()
        var rows = try connection.rows(
            """
            SELECT 'index', indexdef, obj_description(format('%I.%I', schemaname, indexname)::regclass) FROM pg_indexes
                   WHERE schemaname = 'public'
            UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid),
                   contype::text
                   FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT 'trigger', tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT 'schema', nspname, NULL FROM pg_namespace WHERE nspname = 'matrix_loader'
            ORDER BY 1, 2
            """)
        for table in ["room", "event", "mention", "stream_position", "unrelated", "schema_compat_version"] {
            rows += try connection.rows("SELECT \(table), t::text FROM \(identifier: table) t ORDER BY 2")
        }
        for sequence in ["moved", "untouched", "announced"] {
            rows += try connection.rows("SELECT \(sequence), last_value, is_called FROM \(identifier: sequence)")
        }
        return rows
    }

    private func prepare() throws -> [[String?]] {
        var connection = try TemporaryDatabase.connect()
        try connection.execute(Self.schema)
        return try picture()
    }

    @Test("has no status, and nothing to undo or forget, before a migration")
    func before() throws {
        let before = try prepare()
        #expect(try target.status() == nil)
        #expect(try !target.abort())
        #expect(try !target.forget())
        #expect(try picture() == before)
    }

    @Test("is as it was before once an interrupted migration is undone")
    func interrupted() async throws {
        let before = try prepare()
        try await begin(failing: true)
        let status = try #require(try target.status())
        #expect(status.state == .interrupted)
        #expect((status.server, status.version) == ("example.org", "7"))
        #expect(status.areas.first?.loads == 3)
        #expect(status.areas.first?.done == 1)
        #expect(status.areas.first?.rows == 9)
        #expect(!status.setAside.isEmpty)
        #expect(try picture() != before)
        #expect(throws: MigrationError.self) { try target.forget() }
        #expect(try target.abort())
        #expect(try picture() == before)
    }

    @Test("is as it was before once a finished migration is undone")
    func finished() async throws {
        let before = try prepare()
        try await begin(failing: false, finish: true)
        let status = try #require(try target.status())
        #expect(status.state == .finished)
        #expect(status.times.finished != nil)
        #expect(status.setAside.isEmpty)
        #expect(try target.tables() == [TableRows(table: "event", rows: 3), TableRows(table: "room", rows: 9)])
        #expect(try target.abort())
        #expect(try picture() == before)
    }

    @Test("is not undone after somebody has used what was loaded")
    func used() async throws {
        _ = try prepare()
        try await begin(failing: false, finish: true)
        func one(_ query: SQL) throws -> Int64? {
            var connection = try TemporaryDatabase.connect()
            return try connection.integer(query)
        }
        _ = try one("SELECT nextval('moved')")
        let error = #expect(throws: MigrationError.self) { try target.abort() }
        #expect(error?.description.contains("moved went on") == true)
        #expect(try one("SELECT count(*) FROM event") == 3)
    }

    @Test("is not undone while others are connected, who are named")
    func inUse() async throws {
        _ = try prepare()
        try await begin(failing: true)
        let other = try Connection(TemporaryDatabase.conninfo + " application_name=synapse", side: "another")
        let error = #expect(throws: MigrationError.self) { try target.abort() }
        #expect(error?.description.contains("synapse") == true)
        withExtendedLifetime(other.serverVersion) {}
    }

    @Test("tells which loads somebody runs, without being in anybody's way")
    func running() async throws {
        _ = try prepare()
        try await begin(failing: true)
        let sessions = Sessions(source: "", target: TemporaryDatabase.conninfo)
        var worker = try sessions.openTarget()
        // "matrix-l" as a number, as every migration has it.
        try worker.execute("SELECT pg_advisory_lock(\(0x6D61_7472_6978_2D6C as Int64))")
        try worker.execute("BEGIN")
        try worker.execute("SELECT 1 FROM matrix_loader.load WHERE id = 'events' FOR UPDATE")
        let status = try #require(try target.status())
        #expect(status.state == .running)
        #expect(status.runningLoads.map(\.id) == ["events"])
        #expect(status.areas.first?.running == 1)
        #expect(throws: MigrationError.self) { try target.abort() }
        worker.rollBack()
        #expect(try target.status()?.runningLoads.isEmpty == true)
    }

    @Test("keeps what was loaded when the migration is forgotten")
    func forgotten() async throws {
        _ = try prepare()
        try await begin(failing: false, finish: true)
        #expect(try target.forget())
        #expect(try target.status() == nil)
        var connection = try TemporaryDatabase.connect()
        #expect(try connection.integer("SELECT count(*) FROM event") == 3)
    }
}
