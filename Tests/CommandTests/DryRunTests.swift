// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

@Suite("A dry run that does not come to its end", .temporaryDatabase, .temporaryFolder)
struct DryRunTests {
    /// Starts one and has it stop half-way until `holder` rolls back.
    private func begin(_ server: CommandServer) async throws -> RunningProgram {
        let program = try server.start("migrate", "--dry-run", "--workers=1")
        try await server.untilHeldUp(program)
        return program
    }

    @Test("is undone at once")
    func undone() async throws {
        let server = try await CommandServer()
        let before = try server.picture()
        var holder = try server.holdUp()
        let program = try await begin(server)
        program.signal(SIGINT)
        holder.rollBack()
        let run = try program.wait()
        #expect(run.status == 130, "\(run.errors)")
        #expect(try server.picture() == before)
        #expect(try server.alone("status").output == "No migration was begun in this database.\n")
    }

    @Test("and cannot be undone says why, and what to do")
    func left() async throws {
        let server = try await CommandServer()
        let before = try server.picture()
        var holder = try server.holdUp()
        let program = try await begin(server)
        let other = try Connection(server.synapse + " application_name=element", side: "the test")
        program.signal(SIGINT)
        let run = try program.wait()
        #expect(run.status == 130, "\(run.errors)")
        #expect(
            run.errors.contains(
                "matrix-loader: The dry run could not be undone: Others are connected to Synapse's database: element. ")
        )
        #expect(run.errors.contains(" Run 'abort'.\n"))
        #expect(run.lastError.hasSuffix("Stopped; run the same command to go on."))
        holder.rollBack()
        close(other)
        let abort = try server.alone("abort")
        #expect(abort.status == 0, "\(abort.errors)")
        #expect(try server.picture() == before)
    }

    private func close(_ connection: consuming Connection) {}

    @Test("leaves alone what another run has begun in earnest meanwhile")
    func another() async throws {
        let server = try await CommandServer()
        // By this name it is not waited for. The target has been looked at when media are.
        var holder = try Connection(server.source + " application_name=matrix-loader", side: "the test")
        try holder.execute("BEGIN; LOCK TABLE mediaapi_media_repository")
        let program = try server.start("migrate", "--dry-run")
        while try holder.integer(
            """
            SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
            WHERE datname = current_database() AND relation = 'mediaapi_media_repository'::regclass AND NOT granted
            """) == 0
        {
            try #require(program.isRunning)
            try await Task.sleep(for: .milliseconds(10))
        }
        let other = try await CommandServer(source: try TemporaryDatabase.make(), synapse: server.synapse)
        let killed = try other.start("migrate", "--skip-media", failpoint: "after-commit:5").wait()
        #expect(killed.status == -SIGKILL, "\(killed.errors)")
        holder.rollBack()
        let run = try program.wait()
        #expect(run.status == 1, "\(run.errors)")
        #expect(run.lastError.contains("was begun differently"))
        #expect(try other.alone("status").output.contains("nobody works on it"))
        let again = try other.run("migrate", "--skip-media")
        #expect(again.status == 0, "\(again.errors)")
    }
}
