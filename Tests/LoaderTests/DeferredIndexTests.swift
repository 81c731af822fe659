// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Loader

@Suite("Indexes, constraints and triggers that are set aside", .temporaryDatabase)
struct DeferredIndexTests {
    /// Two tables with one of each kind of thing that can stand in the way of a fast load.
    private static let schema: SQL = """
        CREATE TABLE rooms (
            id bigint PRIMARY KEY, name text UNIQUE, alias text, grade int CHECK (grade > 0),
            UNIQUE (alias, name) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "Odd Name" UNIQUE (grade) DEFERRABLE,
            EXCLUDE USING btree (alias WITH =));
        CREATE TABLE members (
            room bigint NOT NULL REFERENCES rooms ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, who text NOT NULL,
            boss text, PRIMARY KEY (room, who) INCLUDE (boss));
        ALTER TABLE members ADD CONSTRAINT by_name FOREIGN KEY (boss) REFERENCES rooms (name) NOT VALID;
        CREATE TABLE outside (room bigint REFERENCES rooms (id), code text);
        CREATE UNIQUE INDEX "Members By Boss" ON members (lower(boss) DESC NULLS LAST, who text_pattern_ops)
            WHERE boss <> '' AND who IS NOT NULL;
        CREATE INDEX members_hash ON members USING hash (who) WITH (fillfactor = 50);
        CREATE INDEX members_brin ON members USING brin (room);
        CREATE UNIQUE INDEX rooms_two ON rooms (id, grade) NULLS NOT DISTINCT;
        CREATE INDEX outside_code ON outside (code);
        ALTER TABLE members CLUSTER ON members_pkey;
        ALTER TABLE rooms CLUSTER ON rooms_two;
        ALTER TABLE members REPLICA IDENTITY USING INDEX members_pkey;
        COMMENT ON INDEX members_hash IS 'it''s a hash';
        COMMENT ON CONSTRAINT rooms_pkey ON rooms IS 'a key';
        COMMENT ON CONSTRAINT by_name ON members IS 'a reference';
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a trigger ran'; END $$;
        CREATE TRIGGER one BEFORE INSERT ON members FOR EACH ROW EXECUTE FUNCTION refuse();
        CREATE TRIGGER two AFTER INSERT ON members FOR EACH ROW EXECUTE FUNCTION refuse();
        CREATE TRIGGER off BEFORE INSERT ON members FOR EACH ROW EXECUTE FUNCTION refuse();
        ALTER TABLE members ENABLE ALWAYS TRIGGER two, DISABLE TRIGGER off
        """

    /// All of the catalog that could differ afterwards.
    private func catalog() throws -> [[String?]] {
        var connection = try TemporaryDatabase.connect()
        return try connection.rows(
            """
            SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid),
                   concat(contype, convalidated, condeferrable, condeferred, coninhcount, conislocal, connoinherit),
                   obj_description(oid, 'pg_constraint')
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL
            SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid),
                   concat(indisunique, indisprimary, indisexclusion, indimmediate, indisclustered, indisvalid, indisready,
                          indisreplident, indnkeyatts, ' ', x.reltablespace), obj_description(indexrelid, 'pg_class')
            FROM pg_index JOIN pg_class c ON c.oid = indrelid JOIN pg_class x ON x.oid = indexrelid
            WHERE c.relnamespace = 'public'::regnamespace
            UNION ALL
            SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid), tgenabled::text, NULL
            FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL
            SELECT 'table', oid::regclass::text, relreplident::text, relhasindex::text, NULL
            FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            ORDER BY 1, 2
            """)
    }

    private var loads: [TableLoad] {
        [
            TableLoad(
                into: "rooms", weight: 10,
                from: """
                    SELECT i::bigint AS id, 'room ' || i AS name, 'alias ' || i AS alias, i AS grade
                    FROM generate_series(1, 9) i
                    """),
            TableLoad(
                into: "members", weight: 20,
                from: "SELECT 1::bigint AS room, 'who ' || i AS who FROM generate_series(1, 20) i"),
        ]
    }

    private var settings: Loader.Settings {
        var settings = Loader.Settings()
        settings.deferralThreshold = 5
        return settings
    }

    private func makeTables() throws -> [[String?]] {
        var connection = try TemporaryDatabase.connect()
        // Made one by one: what is made in one transaction may hide what an order of its own would show.
        for statement in Self.schema.text.split(separator: ";\n") {
            try connection.execute(SQL(raw: String(statement)))
        }
        return try catalog()
    }

    @Test("come back as they were")
    func roundTrip() async throws {
        let before = try makeTables()
        try await TestLoads.run(loads, settings)
        let after = try catalog()
        #expect(Set(after).symmetricDifference(before) == [])
        #expect(after.count == before.count)
        var target = try TemporaryDatabase.connect()
        #expect(try target.integer("SELECT count(*) FROM members") == 20)
        #expect(try target.integer("SELECT count(*) FROM matrix_loader.set_aside WHERE is_away") == 0)
        #expect((try target.integer("SELECT count(*) FROM matrix_loader.set_aside") ?? 0) > 10)
    }

    @Test("come back into their tablespaces, also where they are undone in one transaction", arguments: [true, false])
    func tablespaces(isUndone: Bool) async throws {
        _ = try makeTables()
        var target = try TemporaryDatabase.connect()
        let name = "elsewhere_\(isUndone)"
        try target.execute("SET allow_in_place_tablespaces = true")
        try target.execute("CREATE TABLESPACE \(identifier: name) LOCATION ''")
        try target.execute("ALTER INDEX members_pkey SET TABLESPACE \(identifier: name)")
        try target.execute("ALTER INDEX members_brin SET TABLESPACE \(identifier: name)")
        let before = try catalog()
        if isUndone {
            try TestLoads.begin(loads)
            try DeferredIndexes().setAside(["rooms", "members"], indexesOf: ["rooms", "members"], on: &target)
            #expect(try catalog() != before)
            try Ledger().undo(on: &target)
        } else {
            try await TestLoads.run(loads, settings)
        }
        #expect(Set(try catalog()).symmetricDifference(before) == [])
    }

    @Test(
        "are built in small pieces where they are sorted, and with all memory of the session else",
        arguments: [256, 2])
    func sortMemory(session: Int) async throws {
        _ = try makeTables()
        var target = try TemporaryDatabase.connect()
        try target.execute(
            """
            CREATE TABLE built (name text, memory text);
            CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO built SELECT object_identity, current_setting('maintenance_work_mem')
                FROM pg_event_trigger_ddl_commands(); END $$;
            CREATE EVENT TRIGGER built ON ddl_command_end WHEN TAG IN ('CREATE INDEX', 'ALTER TABLE') EXECUTE FUNCTION note()
            """)
        var settings = settings
        settings.maintenanceWorkMemory = session
        try await TestLoads.run(loads, settings)
        func memory(_ name: String) throws -> String? {
            try target.value("SELECT memory FROM built WHERE name = \("public." + name) ORDER BY ctid DESC LIMIT 1")
        }
        #expect(try memory("rooms_two") == "\(min(session, 4))MB")
        #expect(try memory(#""Members By Boss""#) == "\(min(session, 4))MB")
        #expect(try memory("members_brin") == "\(session)MB")
        // The last that happens to it is the check of its foreign key.
        #expect(try memory("outside") == "\(session)MB")
    }

    @Test(
        "come back in the run after one that died", arguments: ["before the loads", "between them", "after the loads"])
    func resumed(moment: String) async throws {
        let before = try makeTables()
        try TestLoads.begin(loads)
        let failing = TableLoad(
            into: "members", weight: 20, from: "SELECT 1::bigint AS room, NULL::text AS who")
        var first = loads
        if moment == "between them" { first[1] = failing }
        if moment == "after the loads" {
            try await TestLoads.resume(first, settings)
            var target = try TestLoads.sessions.openTarget()
            try target.execute("UPDATE matrix_loader.set_aside SET is_away = true; DELETE FROM matrix_loader.set_aside")
        }
        if moment != "between them" {
            // What a process leaves behind that is killed once everything is away.
            var target = try TestLoads.sessions.openTarget()
            try DeferredIndexes().setAside(["members", "rooms"], indexesOf: ["members", "rooms"], on: &target)
        } else {
            await #expect(throws: PostgresError.self) { try await TestLoads.resume(first, settings) }
        }
        #expect(try catalog().count < before.count)
        try await TestLoads.resume(loads, settings)
        #expect(try Set(catalog()).symmetricDifference(before) == [])
        var target = try TemporaryDatabase.connect()
        #expect(
            try target.rows("SELECT (SELECT count(*) FROM rooms), (SELECT count(*) FROM members)") == [["9", "20"]])
    }

    @Test("stay away, and on record, while what was loaded contradicts them")
    func contradiction() async throws {
        let before = try makeTables()
        try TestLoads.begin(loads)
        var bad = loads
        bad[1] = TableLoad(
            into: "members", weight: 20, from: "SELECT 1::bigint AS room, 'twice' AS who FROM generate_series(1, 2)")
        let progress = LoadProgress()
        let error = await #expect(throws: PostgresError.self) {
            try await TestLoads.resume(bad, settings, progress: progress)
        }
        #expect(error?.sqlState == "23505")
        // What failed is not under way any more.
        #expect(progress.snapshot.running == [])
        var target = try TestLoads.sessions.openTarget()
        #expect(try DeferredIndexes().away(on: &target).contains { $0.name == "members_pkey" })
        try target.execute("DELETE FROM members WHERE ctid IN (SELECT max(ctid) FROM members)")
        try await TestLoads.resume(loads, settings)
        #expect(try Set(catalog()) == Set(before))
    }

    @Test("are not taken for checked where a foreign key does not hold")
    func unchecked() async throws {
        let before = try makeTables()
        try TestLoads.begin(loads)
        var bad = loads
        bad[1] = TableLoad(into: "members", weight: 20, from: "SELECT 99::bigint AS room, 'nowhere' AS who")
        let error = await #expect(throws: PostgresError.self) { try await TestLoads.resume(bad, settings) }
        #expect(error?.sqlState == "23503")
        var target = try TestLoads.sessions.openTarget()
        let away = try DeferredIndexes().away(on: &target)
        #expect(away.allSatisfy { $0.kind == .validation })
        #expect(away.contains { $0.name == "members_room_fkey" })
        #expect(try Ledger().awayNames(on: &target) == away.map(\.name))
        #expect(Set(try catalog()) != Set(before))
        try target.execute("UPDATE members SET room = 1")
        try await TestLoads.resume(loads, settings)
        #expect(try Set(catalog()) == Set(before))
    }

    @Test("are not put back where a later version set something else aside, and nobody waits for PostgreSQL")
    func unknownKind() async throws {
        try TestLoads.begin([loads[0]])
        var target = try TemporaryDatabase.connect()
        try target.execute(
            """
            CREATE TABLE rooms (id bigint, name text, alias text, grade int);
            INSERT INTO matrix_loader.set_aside (number, table_name, kind, name, definition)
            VALUES (1, 'rooms', 'novelty', 'n', 'SELECT 1')
            """)
        await #expect(throws: LedgerError.unknownKind("novelty")) { try await TestLoads.resume([loads[0]]) }
    }

    @Test("are left alone where few rows come")
    func small() async throws {
        var connection = try TemporaryDatabase.connect()
        try connection.execute("CREATE TABLE rooms (id bigint PRIMARY KEY, name text, alias text, grade int)")
        let before = try connection.value("SELECT oid FROM pg_class WHERE relname = 'rooms_pkey'")
        try await TestLoads.run([loads[0]])
        #expect(try connection.value("SELECT oid FROM pg_class WHERE relname = 'rooms_pkey'") == before)
    }

    @Test("are those of all of Synapse's tables too")
    func synapse() throws {
        var target = try Sessions(source: "", target: try SynapseSchema.make()).openTarget()
        func definitions() throws -> [[String?]] {
            try target.rows(
                """
                SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid), convalidated::text
                FROM pg_constraint WHERE connamespace = 'public'::regnamespace
                UNION ALL
                SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), concat(indisreplident, indisclustered)
                FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE relnamespace = 'public'::regnamespace
                UNION ALL SELECT tgname, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
                ORDER BY 1, 2
                """)
        }
        let before = try definitions()
        try Ledger().begin(Ledger.Migration(inputs: "", plan: "", version: ""), [], extra: [], on: &target)
        let tables = try target.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").compactMap { $0[0] }
        let deferred = DeferredIndexes()
        try deferred.setAside(tables, indexesOf: tables, on: &target)
        #expect(try target.integer("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'") == 0)
        let away = try deferred.away(on: &target)
        for kind in DeferredIndex.Kind.allCases {
            for item in away where item.kind == kind { try deferred.restore(item, on: &target) }
        }
        try target.execute("DROP SCHEMA matrix_loader CASCADE")
        #expect(try definitions() == before)
    }
}
