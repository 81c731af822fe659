// SPDX-License-Identifier: Apache-2.0
import Foundation
import Postgres
import TestSupport
import Testing

/// The program from `check` to `forget`, on a made-up Dendrite server and Synapse's own empty schema.
@Suite("A whole migration", .temporaryDatabase, .temporaryFolder)
struct WholeMigrationTests {
    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: TemporaryFolder.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    @Test("leaves nothing behind as a dry run, nor when it is undone")
    func undone() async throws {
        let server = try await CommandServer()
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
        let server = try await CommandServer()
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
