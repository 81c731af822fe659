// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
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
        #expect(dry.output.contains("It was a dry run") && !dry.output.contains("Media were copied"))
        let media = try server.run("media", "--dry-run")
        #expect(media.output.firstMatch(of: #/^\d+ media: \d+ files to copy \(/#) != nil, "\(media.output)")
        #expect(!media.output.contains("Copied by"))
        #expect(try server.picture() == before)
        #expect(try files() == filesBefore)
        let whole = try server.run("migrate", "--skip-media", "--defer=1")
        #expect(whole.status == 0, "\(whole.errors)")
        #expect(try server.picture() != before)
        #expect(try server.alone("abort").status == 0)
        #expect(try server.picture() == before)
    }

    @Test("whose undoing was interrupted can only be undone", arguments: ["set-aside", "before-analyze", nil])
    func interruptedUndoing(failpoint: String?) async throws {
        let server = try await CommandServer()
        let before = try server.picture()
        _ = try server.start("migrate", "--defer=50", failpoint: failpoint).wait()
        let undoing = try RunningProgram(["abort"] + server.options[2...], failpoint: "undoing").wait()
        #expect(undoing.status == -SIGKILL)
        #expect(try server.picture() != before)
        #expect(try server.run("migrate").lastError.contains("run 'abort' again"))
        #expect(try server.run("worker", "--join").lastError.contains("run 'abort' again"))
        #expect(try server.run("check").output.contains("its migration was given up"))
        #expect(try server.alone("status").output.contains("run 'abort' again"))
        #expect(try server.alone("forget").status == 1)
        let again = try server.alone("abort")
        #expect(again.status == 0, "\(again.errors)")
        #expect(try server.picture() == before)
    }

    @Test("that was killed before its ledger was there has left nothing")
    func killedAtTheBeginning() async throws {
        let server = try await CommandServer()
        let before = try server.picture()
        #expect(try server.start("migrate", failpoint: "beginning").wait().status == -SIGKILL)
        #expect(try server.picture() == before)
    }

    @Test("is refused to Synapse itself until it is done")
    func barrier() async throws {
        let server = try await CommandServer()
        let tool = SynapseSchema.environmentFolder.appending(path: "bin/update_synapse_database")
        let folder = TemporaryFolder.url
        let configuration = try String(contentsOf: folder.appending(path: "homeserver.yaml"), encoding: .utf8)
        try
            (configuration.replacing("signing.key", with: "synapse.key")
            + "\nreport_stats: false\ntrusted_key_servers: []\n")
            .write(to: folder.appending(path: "synapse.yaml"), atomically: true, encoding: .utf8)
        try "ed25519 a_test \(String(repeating: "7", count: 43))\n".write(
            to: folder.appending(path: "synapse.key"), atomically: true, encoding: .utf8)
        func start() throws -> Run {
            try RunningProgram(["--database-config", "synapse.yaml"], program: tool).wait()
        }
        #expect(try server.start("migrate", failpoint: "before-settling").wait().status == -SIGKILL)
        let refused = try start()
        #expect(refused.status != 0)
        let said = refused.errors.split(separator: "\n").suffix(3)
        #expect(refused.errors.contains("too new"), "\(said)")
        #expect(try server.run("check").status == 0 || server.run("check").status == 11)
        #expect(try server.run("migrate").status == 0)
        let welcome = try start()
        #expect(welcome.status == 0, "\(welcome.errors.split(separator: "\n").suffix(3))")
    }

    @Test("does not end well if Dendrite wrote meanwhile")
    func sourceHasMoved() async throws {
        let server = try await CommandServer()
        var holder = try server.holdUp()
        let program = try server.start("migrate", "--workers=1")
        try await server.untilHeldUp(program)
        var dendrite = try Connection(server.source + " application_name=psql", side: "the test")
        try dendrite.execute("SELECT nextval('syncapi_stream_id')")
        holder.rollBack()
        let run = try program.wait()
        #expect(run.status == 1)
        #expect(run.lastError.contains("Dendrite has written while it was migrated (syncapi_stream_id changed)"))
        let again = try server.run("migrate")
        #expect(again.status == 10)
        #expect(again.errors.contains("begun otherwise: then Dendrite's syncapi_stream_id at "))
        // Neither is it taken for done: Synapse stays out, and the target can be emptied.
        var target = try server.connect()
        #expect(try target.integer("SELECT compat_version FROM schema_compat_version") == 2_147_483_647)
        #expect(try server.alone("abort").status == 0)
        #expect(try server.run("migrate").status == 0)
    }

    @Test("does not end well if Dendrite wrote what it does not number", arguments: [true, false])
    func sourceWasWritten(isWhileItRuns: Bool) async throws {
        let server = try await CommandServer()
        let write: SQL = "UPDATE userapi_devices SET last_seen_ts = 7 WHERE session_id = 1"
        if isWhileItRuns {
            var holder = try server.holdUp()
            let program = try server.start("migrate", "--workers=1")
            try await server.untilHeldUp(program)
            // It stays connected, and what it writes right after something else is counted seconds later.
            var dendrite = try server.connectToDendrite()
            _ = try dendrite.integer("SELECT count(*) FROM userapi_devices")
            #expect(try dendrite.execute(write) == 1)
            holder.rollBack()
            #expect(
                try program.wait().lastError.contains("has written while it was migrated (userapi_devices changed)"))
            withExtendedLifetime(dendrite.serverVersion) {}
        } else {
            #expect(try server.start("migrate", failpoint: "after-commit:3").wait().status == -SIGKILL)
            var dendrite = try server.connectToDendrite()
            #expect(try dendrite.execute(write) == 1)
        }
        let again = try server.run("migrate")
        #expect(again.status == 1)
        #expect(again.lastError.contains("(userapi_devices changed)"))
        #expect(try server.run("worker", "--join").lastError.contains("(userapi_devices changed)"))
        #expect(try server.alone("abort").status == 0)
        #expect(try server.run("migrate").status == 0)
    }

    @Test("is not disturbed by others who only read Dendrite's database, or are idle there")
    func readers() async throws {
        let server = try await CommandServer()
        var holder = try server.holdUp()
        let program = try server.start("migrate", "--workers=1")
        try await server.untilHeldUp(program)
        var reader = try server.connectToDendrite()
        _ = try reader.integer("SELECT count(*) FROM userapi_devices")
        try reader.execute("ANALYZE userapi_devices")
        try reader.execute("VACUUM userapi_devices")
        holder.rollBack()
        let run = try program.wait()
        #expect(run.status == 0, "\(run.errors)")
        withExtendedLifetime(reader.serverVersion) {}
    }

    @Test("is refused for all reasons at once, two names of one server among them")
    func otherName() async throws {
        let server = try await CommandServer()
        let file = TemporaryFolder.url.appending(path: "homeserver.yaml")
        let configuration = try String(contentsOf: file, encoding: .utf8)
        try (configuration.replacing("example.org", with: "example.net") + "\npassword_config: {pepper: salt}\n")
            .write(to: file, atomically: true, encoding: .utf8)
        let check = try server.run("check")
        #expect(check.status == 10)
        let migrate = try server.run("migrate")
        #expect(migrate.status == 10)
        for said in [check.output, migrate.errors] {
            #expect(said.contains("server_name: Dendrite's is example.org, Synapse's is example.net"), "\(said)")
            #expect(said.contains("with a pepper no password"), "\(said)")
        }
        for run in try [server.run("verify"), server.run("worker", "--join"), server.run("media")] {
            #expect(run.status == 10)
            #expect(run.lastError.contains("can only move under its own name"), "\(run.errors)")
        }
    }

    @Test("is not begun where rejected rows could not be named")
    func unwritableRejects() async throws {
        let server = try await CommandServer()
        for command in ["migrate", "media"] {
            let run = try server.run(command, "--rejects=nowhere/rejects.jsonl")
            #expect(run.status == 64)
            #expect(
                run.errors.contains("nowhere/rejects.jsonl: what cannot be carried could not be named"), "\(run.errors)"
            )
            #expect(run.errors.contains("as there is no folder "), "\(run.errors)")
            #expect(try server.run(command, "--rejects=.").errors.contains("as it is a folder; "))
        }
        #expect(try server.alone("status").output == "No migration was begun in this database.\n")
    }

    @Test("is no success where its result is lost")
    func lostResult() throws {
        let run = try RunningProgram(["manual"], writingTo: "/dev/full").wait()
        #expect(run.status == 1)
        #expect(run.lastError.contains("The result cannot be written to standard output: no space is left"))
    }

    @Test("writes into no connection where standard streams are closed, and outlives whoever read its progress")
    func closedStreams() async throws {
        let server = try await CommandServer()
        let shell = URL(filePath: "/bin/bash")
        func run(_ streams: String) throws -> Run {
            let script = "set -o pipefail; \"$0\" migrate \"$@\" --progress always \(streams)"
            return try RunningProgram(["-c", script, RunningProgram.path] + server.options, program: shell).wait()
        }
        let read = try run("2>&1 >summary | true")
        #expect(read.status == 0, "\(read.errors)")
        // The second finds all done; what it cannot say is lost.
        #expect(try run("<&- >&- 2>&-").status == 1)
        #expect(try run("<&- >&-").lastError.contains("standard output: it is closed"))
        #expect(try server.alone("status").output.hasPrefix("The migration is finished"))
    }

    @Test("hands the key over once it is told both configuration files")
    func laterKey() async throws {
        let server = try await CommandServer()
        let key = TemporaryFolder.url.appending(path: "signing.key")
        let before = try String(contentsOf: key, encoding: .utf8)
        let first = try Run([
            "migrate", "--dendrite-db", server.source, "--synapse-db", server.synapse, "--server-name", "example.org",
            "--dendrite-media-path", "media", "--synapse-media-path", "store",
        ])
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.errors.contains("signing key: Dendrite's stays where it is"))
        #expect(try String(contentsOf: key, encoding: .utf8) == before)
        let lacking = "Dendrite's signing key is not in its place"
        #expect(try server.alone("status").output.contains(lacking))
        let second = try server.run("migrate")
        #expect(second.output.contains("Dendrite's signing key ed25519:"), "\(second.output)\(second.errors)")
        #expect(try String(contentsOf: key, encoding: .utf8) != before)
        #expect(try !server.alone("status").output.contains(lacking))
    }

    @Test("says that a database does not answer, with a migration begun or not")
    func unreachable() async throws {
        let server = try await CommandServer()
        #expect(try server.start("migrate", failpoint: "set-aside").wait().status == -SIGKILL)
        let file = TemporaryFolder.url.appending(path: "dendrite.yaml")
        let configuration = try String(contentsOf: file, encoding: .utf8)
        try configuration.replacing("sslmode=disable", with: "sslmode=disable port=1")
            .write(to: file, atomically: true, encoding: .utf8)
        let run = try server.run("migrate")
        #expect(run.status == 4, "\(run.errors)")
        #expect(run.lastError.hasSuffix("this run has written nothing."))
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        #expect(try server.run("migrate").status == 0)
    }

    @Test("names a failpoint that there is none of")
    func unknownFailpoint() throws {
        let run = try RunningProgram(["status"], failpoint: "before-comit").wait()
        #expect(run.status == 64)
        #expect(run.lastError.contains(#"is "before-comit", which names no failpoint"#))
        #expect(run.lastError.contains("before-commit, "))
        #expect(try RunningProgram(["status"], failpoint: "row:x").wait().status == 64)
        #expect(try RunningProgram(["--version"], failpoint: "row:7").wait().status == 0)
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

        // Whoever changes Synapse's key later does not get the old one back.
        let later = TemporaryFolder.url.appending(path: "signing.key")
        try "ed25519 later AAAA\n".write(to: later, atomically: true, encoding: .utf8)
        let picture = try server.picture()
        let second = try server.run("migrate", "--json")
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.output.contains(#""outcome" : "already done""#))
        #expect(try server.picture() == picture)
        #expect(try String(contentsOf: later, encoding: .utf8) == "ed25519 later AAAA\n")
        #expect(try !files().contains("signing.key.before-migration.2"))
        // A dry run hands nothing over, also where nobody has.
        var ledger = try Connection(server.synapse, side: "the test")
        try ledger.execute("UPDATE matrix_loader.migration SET is_handed_over = false")
        #expect(try server.run("migrate", "--dry-run").output.contains("is done already"))
        #expect(try String(contentsOf: later, encoding: .utf8) == "ed25519 later AAAA\n")
        try ledger.execute("UPDATE matrix_loader.migration SET is_handed_over = true")
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
