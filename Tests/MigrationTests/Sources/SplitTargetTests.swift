// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("A Synapse with a database of its own for state", .temporaryDatabase, .temporaryFolder)
struct SplitTargetTests {
    /// Rows, sequences and the catalog of state's tables, out of a database's.
    private static func isState(_ line: String) -> Bool {
        (Migration.stateTables + [Migration.stateSequence]).contains { line.hasPrefix($0 + ": ") }
    }

    private static func picture(_ synapse: (main: String, state: String)) throws -> [[String]] {
        [try contents(synapse.main), try contents(synapse.state)]
    }

    /// Contents of a database without a ledger too.
    private static func contents(_ database: String) throws -> [String] {
        var connection = try Connection(database, side: "the test's Synapse")
        if try connection.value("SELECT to_regclass('matrix_loader.migration')") != nil {
            return try MigratedServer.contents(of: database)
        }
        var lines = try connection.rows("SELECT sequencename || ': ' || coalesce(last_value, 0) FROM pg_sequences")
        for row in try connection.rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200") {
            lines += try connection.rows(
                """
                SELECT \(row[0]) || ': ' || count(*) || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '')
                FROM \(identifier: row[0] ?? "") t
                """)
        }
        lines += try connection.rows("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
        lines += try connection.rows("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'matrix%'")
        return lines.map { $0[0] ?? "" }.sorted()
    }

    @Test("gets what an undivided one gets, each part where Synapse looks for it; and is emptied again")
    func whole() async throws {
        var server = try await MigratedServer()
        let undivided = try SynapseSchema.make()
        _ = try await server.migrate(to: undivided)
        let expected = try MigratedServer.contents(of: undivided)

        let synapse = try SynapseSchema.makeSplit()
        server.state = synapse.state
        let before = try Self.picture(synapse)
        #expect(Migration(server.homeservers(synapse.main)).check() == [])
        guard case .done = try await server.migrate(to: synapse.main) else {
            return #expect(Bool(false), "it was done")
        }
        let (main, state) = (Set(try Self.contents(synapse.main)), Set(try Self.contents(synapse.state)))
        let rows = expected.filter { $0.firstMatch(of: #/^\w+: /#) != nil }
        #expect(rows.filter(Self.isState).count == 4)
        #expect(rows.filter { Self.isState($0) && !state.contains($0) } == [])
        // Synapse records there which parts of its schema each database has.
        let own = ["applied_schema_deltas: ", "state_groups_p"]
        #expect(
            rows.filter { line in
                !Self.isState(line) && !main.contains(line) && !own.contains { line.hasPrefix($0) }
            } == [])
        #expect(try server.verify(synapse.main).isWhole)
        guard case .alreadyDone = try await server.migrate(to: synapse.main) else {
            return #expect(Bool(false), "again")
        }

        #expect(try MigrationTarget(synapse.main, state: synapse.state).abort())
        #expect(try Self.picture(synapse) == before)
    }

    @Test("is found wanting by verification, and left alone by abort once it is used; forgotten in both parts")
    func used() async throws {
        var server = try await MigratedServer()
        let synapse = try SynapseSchema.makeSplit()
        server.state = synapse.state
        _ = try await server.migrate(to: synapse.main)
        var state = try Sessions(source: "", target: synapse.state).openTarget()
        try state.execute("DELETE FROM state_groups WHERE id = (SELECT max(id) FROM state_groups)")
        let report = try server.verify(synapse.main)
        #expect(!report.isWhole)
        #expect(report.checks.contains { $0.examples.contains { $0.hasPrefix("state_groups: ") } })
        try state.execute("SELECT nextval('state_group_id_seq')")
        #expect(throws: MigrationError.self) { try MigrationTarget(synapse.main, state: synapse.state).abort() }
        #expect(try server.verify(synapse.main).isUsed)
        #expect(try MigrationTarget(synapse.main, state: synapse.state).forget())
        #expect(try state.value("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'matrix%'") == nil)
    }

    @Test("is filled to the end after a stop, wherever it was", arguments: [0, 600])
    func stopped(rows: Int) async throws {
        var server = try await MigratedServer()
        let synapse = try SynapseSchema.makeSplit()
        server.state = synapse.state
        let (progress, stop) = (LoadProgress(), StopRequest())
        let watcher = Task {
            while progress.snapshot.rows < rows, !Task.isCancelled { try await Task.sleep(for: .milliseconds(1)) }
            stop.request()
        }
        defer { watcher.cancel() }
        _ = try? await server.migrate(to: synapse.main, progress: progress, stop: stop)
        _ = try await server.migrate(to: synapse.main)
        #expect(try server.verify(synapse.main).isWhole)
        var main = try Sessions(source: "", target: synapse.main).openTarget()
        #expect(try main.value("SELECT to_regnamespace(\(GatheredTables.state.schema))") == nil)
    }

    @Test("hands state over once more where the run before ended right after it")
    func handedOverTwice() async throws {
        var server = try await MigratedServer()
        let synapse = try SynapseSchema.makeSplit()
        server.state = synapse.state
        _ = try await server.migrate(to: synapse.main)
        // As a process that is killed between two commits leaves it.
        var state = try Sessions(source: "", target: synapse.state).openTarget()
        try state.execute("UPDATE matrix_loader.migration SET finished_at = NULL")
        let inputs = try state.value("SELECT inputs FROM matrix_loader.migration") ?? ""
        let rows = try state.integer("SELECT count(*) FROM state_groups_state")
        var main = try Sessions(source: "", target: synapse.main).openTarget()
        let own = GatheredTables.Source(
            conninfo: synapse.state, side: "the test's Synapse", tables: Migration.stateTables,
            sequencePrefixes: [Migration.stateSequence])
        try GatheredTables.state.gather([own], name: inputs, on: &main, stop: StopRequest())
        try Migration(server.homeservers(synapse.main)).handStateOver(inputs)
        #expect(try state.integer("SELECT count(*) FROM state_groups_state") == rows)
        #expect(try Ledger().migration(on: &state)?.isFinished == true)
    }

    @Test("is never taken for finished while it is undone by halves, and undone to the end by the next abort")
    func undoneByHalves() async throws {
        var server = try await MigratedServer()
        let synapse = try SynapseSchema.makeSplit()
        server.state = synapse.state
        let before = try Self.picture(synapse)
        _ = try await server.migrate(to: synapse.main)
        let target = MigrationTarget(synapse.main, state: synapse.state)
        var main = try Sessions(source: "", target: synapse.main).openTarget()
        var state = try Migration.openState(synapse.state)
        try state.execute("CREATE TABLE mine (id bigint REFERENCES state_groups)")
        #expect(throws: PostgresError.self) { try target.abort() }
        #expect(try Ledger().migration(on: &main)?.isGivenUp == true)
        // No transaction holds sequences.
        try state.execute("DROP TABLE mine; SELECT setval('state_group_id_seq', 1, false)")
        await #expect(throws: MigrationError.self) { _ = try await server.migrate(to: synapse.main) }
        #expect(try target.abort())
        #expect(try Self.picture(synapse) == before)
    }

    @Test("is neither undone nor forgotten nor gone on with in one of its parts alone")
    func onePart() async throws {
        var server = try await MigratedServer()
        let synapse = try SynapseSchema.makeSplit()
        server.state = synapse.state
        _ = try await server.migrate(to: synapse.main)
        let loaded = try Self.picture(synapse)
        let part = MigrationTarget(synapse.main)
        #expect(throws: MigrationError.self) { try part.abort() }
        #expect(throws: MigrationError.self) { try part.forget() }
        #expect(try Self.picture(synapse) == loaded)
        var main = try Sessions(source: "", target: synapse.main).openTarget()
        try main.execute("UPDATE matrix_loader.migration SET finished_at = NULL")
        var other = server
        other.state = nil
        let undivided = other
        await #expect {
            _ = try await undivided.migrate(to: synapse.main)
        } throws: {
            "\($0)".contains("Begun: with a database of its own for state. Now: into one database.")
        }
    }

    @Test("is checked in both parts, and two names of one database are no two databases")
    func checked() async throws {
        var server = try await MigratedServer()
        let synapse = try SynapseSchema.makeSplit()
        server.state = synapse.state
        var state = try Sessions(source: "", target: synapse.state).openTarget()
        try state.execute("INSERT INTO state_groups (id, room_id, event_id) VALUES (1, '!a:example.org', '$a')")
        let findings = Migration(server.homeservers(synapse.main)).check()
        #expect(findings.map(\.subject) == ["Synapse's database of state"])
        #expect(findings.map(\.message) == ["it is not empty: there are rows in state_groups"])
        let undivided = try SynapseSchema.make()
        server.state = undivided + " application_name=other"
        let same = server
        let message = "it is the main database, under another name"
        #expect(Migration(same.homeservers(undivided)).check().map(\.message).contains(message))
        await #expect(throws: MigrationError.self) { _ = try await same.migrate(to: undivided) }
    }
}
