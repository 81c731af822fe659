// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// Several processes on one migration, which is held up where the test wants it by a lock on a table of the target.
@Suite("A worker that joins", .temporaryDatabase, .temporaryFolder, .timeLimit(.minutes(15)))
struct JoinTests {
    private func until(_ condition: () throws -> Bool) async throws {
        while try !condition() { try await Task.sleep(for: .milliseconds(10)) }
    }

    private func value(_ server: CommandServer, _ query: SQL) throws -> Int64 {
        var target = try server.connect()
        guard try target.value("SELECT to_regclass('matrix_loader.load')") != nil else { return -1 }
        return try target.integer(query) ?? -1
    }

    private static let done: SQL = "SELECT count(*) FROM matrix_loader.load WHERE finished_at IS NOT NULL"
    private static let leftToCopy: SQL = """
        SELECT count(*) FROM matrix_loader.load WHERE finished_at IS NULL AND stage = 0
        """
    private static let joined: SQL = """
        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    private static let leads: SQL = """
        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    /// Loads of the first stage that are not done.
    private static func open(_ target: inout Connection) throws -> [String] {
        try target.rows("SELECT id FROM matrix_loader.load WHERE finished_at IS NULL AND stage = 0 ORDER BY id")
            .compactMap { $0[0] }
    }

    @Test("does loads of a migration that another process leads, and what a killed one had in hand is done by the rest")
    func beside() async throws {
        let server = try await CommandServer()
        var holder = try server.holdUp()
        // Its only worker comes to the locked table and stays there, with lighter loads left.
        let leader = try server.start("migrate", "--workers=1", "--defer=50", "--skip-media")
        try await until { try value(server, "SELECT count(*) FROM matrix_loader.migration WHERE stage = 0") == 1 }
        let killed = try server.start("worker", "--join", "--workers=1", failpoint: "before-commit")
        #expect(try killed.wait().status == -SIGKILL)
        let other = try server.start("worker", "--join", "--workers=2")
        // Whoever runs the locked load keeps it, all other loads are done by the rest.
        try await until { try value(server, Self.leftToCopy) == 1 }
        #expect(leader.isRunning && other.isRunning)
        let status = try server.alone("status")
        let step = status.output.split(separator: "\n").first { $0.contains("Lock: relation") } ?? ""
        #expect(step.contains("presence_stream") && step.contains("worker 1"), "\(status.output)")
        #expect(status.output.contains("% loaded · ~"))
        holder.rollBack()
        let (led, helped) = (try leader.wait(), try other.wait())
        #expect(led.status == 0, "\(led.errors)")
        #expect(helped.status == 0, "\(helped.errors)")
        #expect(helped.output.contains("All is loaded"))
        #expect(try value(server, "SELECT count(*) FROM matrix_loader.load WHERE worker LIKE '%:% worker%'") > 0)
        #expect(try server.differenceFromUndisturbed("--skip-media") == nil)
    }

    @Test("takes the place of a process that led and was killed, and its work")
    func takingOver() async throws {
        let server = try await CommandServer()
        var holder = try server.holdUp()
        let leader = try server.start("migrate", "--workers=1", "--defer=50")
        try await until { try value(server, "SELECT count(*) FROM matrix_loader.migration WHERE stage = 0") == 1 }
        let workers = try [
            server.start("worker", "--join", "--media", "--workers=1"),
            server.start("worker", "--join", "--media", "--workers=1"),
        ]
        try await until { try value(server, Self.joined) == 2 && value(server, Self.leftToCopy) == 1 }
        #expect(try server.alone("abort").status == 1)
        leader.signal(SIGKILL)
        #expect(try leader.wait().status == -SIGKILL)
        // One of them may lead already.
        let refused = try server.alone("abort").lastError
        #expect(refused.contains("still at it") || refused.contains("is running"), "\(refused)")
        holder.rollBack()
        let ended = try workers.map { try $0.wait() }
        #expect(ended.map(\.status) == [0, 0], "\(ended.map(\.errors))")
        #expect(ended.filter { $0.output.contains("is gone, and this one did the last of it") }.count == 1)
        let last = try server.run("migrate")
        #expect(last.status == 0, "\(last.errors)")
        #expect(last.output.contains("Dendrite's signing key ed25519:"))
        #expect(try server.differenceFromUndisturbed() == nil)
    }

    @Test("leaves media to others unless told that it sees both folders")
    func media() async throws {
        let server = try await CommandServer()
        #expect(try server.start("migrate", "--workers=1", failpoint: "set-aside").wait().status == -SIGKILL)
        let worker = try server.run("worker", "--join")
        #expect(worker.status == 1)
        #expect(worker.lastError.contains("All is loaded that can be without media"))
        #expect(worker.lastError.contains("run 'migrate' where it was begun, or let a worker join with --media"))
        var target = try server.connect()
        #expect(try Self.open(&target) == ["media"])
        #expect(!FileManager.default.fileExists(atPath: TemporaryFolder.path + "/store"))
        #expect(try server.run("migrate").status == 0)
        #expect(try server.differenceFromUndisturbed() == nil)
    }

    @Test("waits for another that copies media, and then one of them does the rest")
    func mediaByAnother() async throws {
        let server = try await CommandServer()
        #expect(try server.start("migrate", "--workers=1", failpoint: "set-aside").wait().status == -SIGKILL)
        var holder = try server.holdUp()
        let leader = try server.start("worker", "--join", "--workers=1")
        try await server.untilHeldUp(leader)
        var media = try server.connect()
        try media.execute("BEGIN; LOCK TABLE local_media_repository IN SHARE MODE")
        let other = try server.start("worker", "--join", "--media", "--workers=1")
        try await server.untilHeldUp(other, at: "local_media_repository")
        holder.rollBack()
        // The first has done all else, and leaves the lead to whoever is there at the end.
        try await until { try value(server, Self.leads) == 0 }
        #expect(try Self.open(&media) == ["media"])
        media.rollBack()
        let ended = try [leader, other].map { try $0.wait() }
        #expect(ended.map(\.status) == [0, 0], "\(ended.map(\.errors))")
        #expect(try server.run("migrate").status == 0)
        #expect(try server.differenceFromUndisturbed() == nil)
    }

    @Test("stops when the process that leads was stopped on purpose")
    func halted() async throws {
        let server = try await CommandServer()
        let holder = try server.holdUp()
        let leader = try server.start("migrate", "--workers=1")
        try await until { try value(server, "SELECT count(*) FROM matrix_loader.migration WHERE stage = 0") == 1 }
        let worker = try server.start("worker", "--join", "--workers=1")
        try await until { try value(server, Self.joined) == 1 && value(server, Self.leftToCopy) <= 2 }
        leader.signal(SIGINT)
        #expect(try leader.wait().status == 130)
        withExtendedLifetime(holder.serverVersion) {}
        _ = consume holder
        let ended = try worker.wait()
        #expect(ended.status == 1)
        #expect(ended.lastError.contains("was stopped where it was begun"))
        #expect(try server.run("migrate").status == 0)
        #expect(try server.differenceFromUndisturbed() == nil)
    }

    @Test("refuses what it cannot join, each in a sentence")
    func refusals() async throws {
        let server = try await CommandServer()
        #expect(try server.run("worker").status == 64)
        #expect(try server.run("worker", "--join").lastError.contains("No migration is under way"))
        #expect(try server.start("migrate", failpoint: "begun").wait().status == -SIGKILL)
        var dendrite = try TemporaryDatabase.connect()
        try dendrite.execute("SELECT nextval('roomserver_event_nid_seq')")
        let moved = try server.run("worker", "--join")
        #expect(moved.status == 1)
        #expect(moved.lastError.contains("roomserver_event_nid_seq at "))
    }
}
