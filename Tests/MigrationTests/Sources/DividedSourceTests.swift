// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("A Dendrite whose components have several databases", .temporaryDatabase, .temporaryFolder)
struct DividedSourceTests {
    private static let gathered = GatheredTables.shared.schema

    /// As many as there can be.
    private static let six: [[DendriteConfiguration.Component]] = [
        [.roomServer], [.syncAPI], [.userAPI], [.keyServer], [.mediaAPI], [.federationAPI],
    ]
    private static let two: [[DendriteConfiguration.Component]] = [
        [.roomServer, .keyServer, .federationAPI], [.syncAPI, .userAPI, .mediaAPI],
    ]

    @Test("is migrated as if it had one, into an equal target", arguments: [true, false])
    func equal(leftovers: Bool) async throws {
        var server = try await MigratedServer()
        // Its state is then what clients were told of, which another component knows.
        do {
            var dendrite = try TemporaryDatabase.connect()
            try dendrite.execute("UPDATE roomserver_rooms SET state_snapshot_nid = 424242 WHERE room_nid = 2")
        }
        let undivided = try SynapseSchema.make()
        _ = try await server.migrate(to: undivided)
        try server.divide(leftovers ? Self.two : Self.six, leftovers: leftovers)
        let before = try server.databases.map { try Self.contents($0.conninfo) }
        let target = try SynapseSchema.make()
        let findings = Migration(server.homeservers(target)).check()
        #expect(findings.map(\.severity) == [.warning], "\(findings)")
        #expect(
            findings.allSatisfy { $0.message.hasPrefix("its components use \(server.databases.count) databases, ") })

        #expect(try Migration(server.homeservers(target)).checkMedia() == [])
        guard case .done = try await server.migrate(to: target) else { return #expect(Bool(false), "it was done") }
        #expect(try MigratedServer.contents(of: target) == MigratedServer.contents(of: undivided))
        #expect(try Self.schemas(target) == ["matrix_loader", "public"])
        #expect(try server.databases.map { try Self.contents($0.conninfo) } == before)
        let verified = try server.verify(target)
        #expect(verified.isWhole)
        #expect(verified.checks.allSatisfy { $0.wrong == 0 })
        #expect(try Self.schemas(target) == ["matrix_loader", "public"])
        guard case .alreadyDone = try await server.migrate(to: target) else { return #expect(Bool(false), "not done") }
    }

    @Test("is found missing rows by verification, in whichever of them they are")
    func verified() async throws {
        var server = try await MigratedServer()
        try server.divide(Self.six)
        let target = try SynapseSchema.make()
        _ = try await server.migrate(to: target)
        var users = try Connection(server.databases[2].conninfo, side: "the test's Dendrite")
        try users.execute(
            """
            INSERT INTO userapi_accounts (localpart, server_name, created_ts, password_hash, account_type)
            VALUES ('late', 'example.org', 1, 'x', 1)
            """)
        #expect(try !server.verify(target).isWhole)
    }

    @Test("goes on after a stop, with the tables that were gathered, and is undone without a trace")
    func stopped() async throws {
        var server = try await MigratedServer()
        try server.divide(Self.two)
        let target = try SynapseSchema.make()
        var connection = try Connection(target, side: "the test's Synapse")
        try connection.execute("SET application_name = 'matrix-loader'")
        let stop = StopRequest()
        stop.request()
        await #expect(throws: (any Error).self) { _ = try await server.migrate(to: target, stop: stop) }
        // Asked to stop before it began: nothing is gathered by halves.
        #expect(try Self.schemas(target) == ["public"])
        #expect(try MigrationTarget(target).abort() == false)

        try await stopLoading(server, target)
        #expect(try Self.schemas(target) == ["matrix_loader", Self.gathered, "public"])
        let place = try connection.value("SELECT '\(raw: Self.gathered).gathered'::regclass::oid")
        try await stopLoading(server, target)
        #expect(try connection.value("SELECT '\(raw: Self.gathered).gathered'::regclass::oid") == place)
        #expect(try MigrationTarget(target).abort())
        #expect(try Self.schemas(target) == ["public"])
        guard case .done = try await server.migrate(to: target) else { return #expect(Bool(false), "it was done") }
        #expect(try server.verify(target).isWhole)
    }

    @Test("is gathered anew if Dendrite wrote since, and what is gathered alone can be given up")
    func gatheredOnly() async throws {
        var server = try await MigratedServer()
        try server.divide(Self.two)
        let target = try SynapseSchema.make()
        var connection = try Sessions(source: "", target: target).openTarget()
        let sources = server.databases.map(\.gathered)
        try GatheredTables.shared.gather(sources, name: "earlier", on: &connection, stop: StopRequest())
        #expect(try MigrationTarget(target).abort())
        #expect(try Self.schemas(target) == ["public"])
        try GatheredTables.shared.gather(sources, name: "earlier", on: &connection, stop: StopRequest())
        try connection.execute("TRUNCATE \(raw: Self.gathered).userapi_accounts")
        _ = try await server.migrate(to: target)
        #expect(try server.verify(target).isWhole)
    }

    @Test("leaves no copies to one who forgets it, even if it was killed after the last commit")
    func forgotten() async throws {
        var server = try await MigratedServer()
        try server.divide(Self.two)
        let target = try SynapseSchema.make()
        _ = try await server.migrate(to: target)
        var connection = try Sessions(source: "", target: target).openTarget()
        let sources = server.databases.map(\.gathered)
        try GatheredTables.shared.gather(sources, name: "left", on: &connection, stop: StopRequest())
        #expect(try MigrationTarget(target).forget())
        #expect(try Self.schemas(target) == ["public"])
    }

    @Test("is refused where somebody writes while it is gathered; nothing is left then")
    func written() throws {
        let target = try SynapseSchema.make()
        var connection = try Sessions(source: "", target: target).openTarget()
        #expect(throws: MigrationError.self) {
            try GatheredTables.shared.gather([], name: "now", on: &connection, stop: StopRequest()) {
                throw MigrationError.gatheringWasDisturbed
            }
        }
        #expect(try Self.schemas(target) == ["public"])
    }

    @Test("is checked database by database")
    func checked() async throws {
        var server = try await MigratedServer()
        try server.divide(Self.two)
        for (database, statement) in zip(
            server.databases,
            [
                "DROP TABLE keydb_server_keys; UPDATE roomserver_rooms SET room_version = 'org.odd'"
                    + " WHERE room_nid = (SELECT min(room_nid) FROM roomserver_rooms)",
                "DELETE FROM db_migrations WHERE version = 'userapi: server names'; DELETE FROM syncapi_output_room_events"
                    + " WHERE id = (SELECT max(id) FROM syncapi_output_room_events WHERE type = 'm.room.message'"
                    + " AND NOT exclude_from_sync)",
            ])
        {
            var connection = try Connection(database.conninfo, side: "the test's Dendrite")
            try connection.execute(SQL(raw: statement))
        }
        let findings = Migration(server.homeservers(try SynapseSchema.make())).check()
        let rooms = "Dendrite's database of room_server, key_server, federation_api"
        let users = "Dendrite's database of sync_api, user_api, media_api"
        #expect(
            findings.filter { $0.subject == rooms }.map(\.message) == [
                "tables of Dendrite's are missing: keydb_server_keys",
                "rooms of version org.odd, which is not known here: 1; they are carried as if it were 10",
            ])
        #expect(
            findings.filter { $0.subject == users }.map(\.message) == [
                "Dendrite has yet to bring its tables up to date: userapi: server names",
                "1 new events have not reached clients: Dendrite was stopped while it was busy",
            ])
    }

    /// Begins, or goes on, and stops once something is loaded.
    private func stopLoading(_ server: MigratedServer, _ target: String) async throws {
        let (progress, stop) = (LoadProgress(), StopRequest())
        let before = progress.snapshot.rows
        let watcher = Task {
            while progress.snapshot.rows == before, !Task.isCancelled { try await Task.sleep(for: .milliseconds(1)) }
            stop.request()
        }
        defer { watcher.cancel() }
        await #expect(throws: (any Error).self) {
            _ = try await server.migrate(to: target, progress: progress, stop: stop)
        }
    }

    private static func schemas(_ target: String) throws -> [String] {
        var connection = try Connection(target, side: "the test's Synapse")
        return try connection.rows(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1"
        ).compactMap { $0[0] }
    }

    /// Every table's rows, and every sequence.
    private static func contents(_ database: String) throws -> [[String?]] {
        var connection = try Connection(database, side: "the test's Dendrite")
        var contents = try connection.rows("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1")
        for row in try connection.rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200") {
            contents += try connection.rows(
                """
                SELECT \(row[0]), count(*), md5(string_agg(t::text, ',' ORDER BY t::text))
                FROM \(identifier: row[0] ?? "") t
                """)
        }
        return contents
    }
}
