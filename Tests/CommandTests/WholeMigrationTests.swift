// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Postgres
import TestSupport
import Testing

/// The program from `check` to `forget`, on a made-up Dendrite server and Synapse's own empty schema.
@Suite("A whole migration", .temporaryDatabase, .temporaryFolder)
struct WholeMigrationTests {
    private struct Server {
        let synapse: String
        let options = ["--dendrite-config", "dendrite.yaml", "--synapse-config", "homeserver.yaml"]

        func run(_ command: String, _ more: String...) throws -> Run {
            switch more.count {
            case 0: try Run(command, options[0], options[1], options[2], options[3])
            case 1: try Run(command, options[0], options[1], options[2], options[3], more[0])
            default: try Run(command, options[0], options[1], options[2], options[3], more[0], more[1])
            }
        }

        func alone(_ command: String, _ more: String...) throws -> Run {
            more.isEmpty
                ? try Run(command, options[2], options[3]) : try Run(command, options[2], options[3], more[0])
        }

        /// Rows of all tables that have any, and where all sequences stand.
        func picture() throws -> [[String?]] {
            var target = try Connection(synapse, side: "the test's PostgreSQL")
            let tables = try target.rows(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
            ).compactMap { $0[0] }
            var rows = try target.rows("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
            rows += try target.rows(
                """
                SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2
                """)
            rows += try target.rows(
                "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
            for table in tables {
                rows += try target.rows(
                    "SELECT \(table), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM \(identifier: table) t")
            }
            return rows
        }
    }

    private func server() async throws -> Server {
        let server = Server(synapse: try SynapseSchema.make())
        let folder = TemporaryFolder.url
        var settings = GeneratorSettings()
        (settings.events, settings.rooms, settings.users, settings.mediaFiles) = (300, 5, 8, 3)
        try await Homeserver.generate(
            settings, into: TemporaryDatabase.conninfo, mediaFolder: folder.appending(path: "media"),
            signingKey: folder.appending(path: "matrix_key.pem"))
        try """
        version: 2
        global:
          server_name: example.org
          private_key: matrix_key.pem
          database: {connection_string: "\(TemporaryDatabase.conninfo) sslmode=disable"}
          server_notices: {enabled: true, local_part: notices, display_name: Alerts, room_name: Alerts}
        media_api: {base_path: ./media}
        """.write(to: folder.appending(path: "dendrite.yaml"), atomically: true, encoding: .utf8)
        let arguments = server.synapse.split(separator: " ").map { $0.replacing("=", with: ": ") }.joined(
            separator: ", ")
        try """
        server_name: example.org
        database: {name: psycopg2, args: {\(arguments)}}
        signing_key_path: signing.key
        media_store_path: store
        """.write(to: folder.appending(path: "homeserver.yaml"), atomically: true, encoding: .utf8)
        try "ed25519 before AAAA\n".write(to: folder.appending(path: "signing.key"), atomically: true, encoding: .utf8)
        return server
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: TemporaryFolder.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    @Test("leaves nothing behind as a dry run, nor when it is undone")
    func undone() async throws {
        let server = try await server()
        let (before, filesBefore) = (try server.picture(), try files())
        let dry = try server.run("migrate", "--dry-run", "--defer=1")
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(dry.output.contains("It was a dry run"))
        #expect(try server.picture() == before)
        #expect(try files() == filesBefore)
        let whole = try server.run("migrate", "--skip-media", "--defer=1")
        #expect(whole.status == 0, "\(whole.errors)")
        #expect(try server.picture() != before)
        #expect(try server.alone("abort").status == 0)
        #expect(try server.picture() == before)
    }

    @Test("says what it did, hands the key over, and is not done twice")
    func whole() async throws {
        let server = try await server()
        let check = try server.run("check")
        #expect([0, 11].contains(check.status), "\(check.output)\(check.errors)")
        let first = try server.run("migrate")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.hasPrefix("example.org is migrated.\n"))
        #expect(first.output.contains("\nserver_notices:\n  system_mxid_localpart: notices\n"))
        let key = try String(contentsOf: TemporaryFolder.url.appending(path: "signing.key"), encoding: .utf8)
        #expect(key.hasPrefix("ed25519 ") && key != "ed25519 before AAAA\n")
        #expect(try files().contains("signing.key.before-migration"))
        #expect(!first.output.contains(key.split(separator: " ")[2].prefix(20)))

        let picture = try server.picture()
        let second = try server.run("migrate", "--json")
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.output.contains(#""outcome" : "already done""#))
        #expect(try server.picture() == picture)
        #expect(try !files().contains("signing.key.before-migration.2"))
        #expect(try server.alone("status", "--json").output.contains(#""state" : "finished""#))
        #expect(try server.run("migrate", "--skip-media").status == 1)
        #expect(try server.alone("forget").status == 0)
        #expect(try server.alone("status").output == "No migration was begun in this database.\n")
        #expect(try server.picture() == picture)
        // Without its ledger a full database is only a full database.
        #expect(try server.run("migrate").status == 10)
        #expect(try server.picture() == picture)
    }
}
