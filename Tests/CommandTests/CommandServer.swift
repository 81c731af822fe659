// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Postgres
import TestSupport
import Testing

/// A generated Dendrite server in the running test's database and folder, a Synapse database, and what the program needs
/// to find both.
struct CommandServer {
    let source: String
    let synapse: String
    let options: [String]
    private let store: String

    /// Makes the Dendrite server up, in the running test's database unless told.
    init(source: String = TemporaryDatabase.conninfo, synapse: String? = nil, events: Int = 300) async throws {
        let folder = TemporaryFolder.url
        var settings = GeneratorSettings()
        (settings.events, settings.rooms, settings.users, settings.mediaFiles) = (events, 5, 8, 3)
        try await Homeserver.generate(
            settings, into: source, mediaFolder: folder.appending(path: "media"),
            signingKey: folder.appending(path: "matrix_key.pem"))
        try """
        version: 2
        global:
          server_name: example.org
          private_key: matrix_key.pem
          database: {connection_string: "\(source) sslmode=disable"}
          server_notices: {enabled: true, local_part: notices, display_name: Alerts, room_name: Alerts}
        media_api: {base_path: ./media}
        """.write(to: folder.appending(path: "dendrite.yaml"), atomically: true, encoding: .utf8)
        try self.init(of: source, synapse: try synapse ?? SynapseSchema.make(), named: "homeserver.yaml")
    }

    private init(of source: String, synapse: String, named file: String) throws {
        self.source = source
        self.synapse = synapse
        store = file == "homeserver.yaml" ? "store" : "\(file).store"
        options = ["--dendrite-config", "dendrite.yaml", "--synapse-config", file]
        let folder = TemporaryFolder.url
        let key = file == "homeserver.yaml" ? "signing.key" : "\(file).key"
        let arguments = synapse.split(separator: " ").map { $0.replacing("=", with: ": ") }.joined(separator: ", ")
        try """
        server_name: example.org
        database: {name: psycopg2, args: {\(arguments)}}
        signing_key_path: \(key)
        media_store_path: \(store)
        """.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
        try "ed25519 before AAAA\n".write(to: folder.appending(path: key), atomically: true, encoding: .utf8)
    }

    /// The same Dendrite server with another, empty Synapse.
    func withAnotherSynapse() throws -> CommandServer {
        try CommandServer(of: source, synapse: try SynapseSchema.make(), named: "another.yaml")
    }

    func run(_ command: String, _ more: String...) throws -> Run { try Run([command] + options + more) }

    func alone(_ command: String, _ more: String...) throws -> Run { try Run([command] + options[2...] + more) }

    /// Starts a command that goes on beside the test.
    func start(_ command: String, _ more: String..., failpoint: String? = nil) throws -> RunningProgram {
        try RunningProgram([command] + options + more, failpoint: failpoint)
    }

    func connect() throws -> Connection { try Connection(synapse + " application_name=psql", side: "the test") }

    /// A session as of a Dendrite that somebody has started.
    func connectToDendrite() throws -> Connection {
        try Connection(source + " application_name=dendrite", side: "the test")
    }

    /// Stops the load of one table, and with it the migration, until the connection is closed or rolls back.
    ///
    /// No index or foreign key of that table is set aside.
    func holdUp() throws -> Connection {
        var holder = try Connection(synapse + " application_name=psql", side: "the test")
        try holder.execute("BEGIN; LOCK TABLE presence_stream IN SHARE MODE")
        return holder
    }

    /// Waits until a program has come to a table that is locked, as by ``holdUp()``.
    func untilHeldUp(_ program: RunningProgram, at table: String = "presence_stream") async throws {
        var target = try connect()
        while try target.integer(
            """
            SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
            WHERE datname = current_database() AND relation = \(table)::regclass AND NOT granted
            """) == 0
        {
            try #require(program.isRunning)
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// As ``picture(without:)``, the moment of planning left out, which differs from one migration to the next.
    func timelessPicture() throws -> [[String?]] {
        var target = try connect()
        let now = try target.value("SELECT plan::json ->> 'now' FROM matrix_loader.migration")
        return try picture(without: now ?? "never")
    }

    /// Compares with a migration of the same server that nobody disturbed.
    ///
    /// - Returns: what differs; nil where nothing does.
    func differenceFromUndisturbed(_ more: String...) throws -> String? {
        let other = try withAnotherSynapse()
        let run = try Run(["migrate"] + other.options + more)
        guard run.status == 0 else { return run.errors }
        let (mine, expected) = (try timelessPicture(), try other.timelessPicture())
        if mine == expected { return nil }
        return "\(Set(mine).symmetricDifference(expected).map { $0.map { $0 ?? "-" } })"
    }

    /// Rows of all tables that have any, the catalog, and where all sequences stand.
    func picture(without now: String = "never") throws -> [[String?]] {
        var target = try connect()
        let tables = try target.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
        ).compactMap { $0[0] }
        var rows = try target.rows("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
        rows += try target.rows(
            """
            SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace ORDER BY conrelid::regclass::text, conname
            """)
        rows += try target.rows(
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2")
        rows += try target.rows(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
        for table in tables {
            rows += try target.rows(
                """
                SELECT \(table), md5(string_agg(r, ',' ORDER BY r)) FROM (
                    SELECT replace(replace(t::text, \(now), 'now'), \(String(now.dropLast(3))), 'now') AS r
                    FROM \(identifier: table) t) rows
                """)
        }
        return rows
    }
}
