// SPDX-License-Identifier: Apache-2.0
import Loader
import Migration
import Postgres
import TestSupport
import Testing

@Suite("A migration that was stopped", .temporaryDatabase, .temporaryFolder)
struct ResumeTests {
    @Test("goes on, however often it is stopped, and ends as if it had not been")
    func resume() async throws {
        let server = try await MigratedServer()
        let undisturbed = try SynapseSchema.make()
        _ = try await server.migrate(to: undisturbed)
        let target = try SynapseSchema.make()
        var stops = 0
        var isDone = false
        while !isDone {
            // Later each time, so that it comes to an end.
            isDone = try await run(server, target, stoppedAfter: stops * stops * 40)
            if !isDone { stops += 1 }
        }
        #expect(stops > 1)
        #expect(try MigratedServer.contents(of: target) == MigratedServer.contents(of: undisturbed))
        #expect(try server.verify(target).isWhole)
    }

    @Test("refuses another request, and says when all is done")
    func another() async throws {
        let server = try await MigratedServer()
        let target = try SynapseSchema.make()
        #expect(try await !run(server, target, stoppedAfter: 1))
        #expect(throws: VerificationError.self) { try server.verify(target) }
        var dendrite = try TemporaryDatabase.connect()
        let number = try dendrite.value("SELECT nextval('roomserver_event_nid_seq')") ?? ""
        await #expect(throws: MigrationError.self) { _ = try await server.migrate(to: target) }
        try dendrite.execute("SELECT setval('roomserver_event_nid_seq', \(raw: number)::bigint - 1)")
        guard case .done = try await server.migrate(to: target) else {
            return #expect(Bool(false), "it was done before")
        }
        let contents = try MigratedServer.contents(of: target)
        guard case .alreadyDone = try await server.migrate(to: target) else {
            return #expect(Bool(false), "it was not done")
        }
        #expect(try MigratedServer.contents(of: target) == contents)
    }

    @Test("loads rooms alone for a trial, without rows that refer to devices")
    func roomsAlone() async throws {
        let server = try await MigratedServer()
        let target = try SynapseSchema.make()
        var settings = Migration.Settings()
        settings.phases = ["rooms"]
        guard case .done = try await Migration(server.homeservers(target), settings: settings).run() else {
            return #expect(Bool(false), "it was done before")
        }
        var connection = try Connection(target, side: "the test's Synapse")
        let count: SQL = "SELECT (SELECT count(*) FROM events) > 0, (SELECT count(*) FROM event_txn_id_device_id)"
        #expect(try connection.rows(count) == [["t", "0"]])
        let leftOut = try Ledger().leftOut(on: &connection).first { $0.what.hasPrefix("transaction ids") }
        #expect(leftOut?.rows ?? 0 > 0)
    }

    /// Runs the migration and asks it to stop once that many rows are loaded.
    ///
    /// - Returns: whether it was done all the same.
    private func run(_ server: MigratedServer, _ target: String, stoppedAfter rows: Int) async throws -> Bool {
        let (progress, stop) = (LoadProgress(), StopRequest())
        if rows == 0 { stop.request() }
        let watcher = Task {
            while !Task.isCancelled, progress.snapshot.rows < rows { try await Task.sleep(for: .milliseconds(1)) }
            if !Task.isCancelled { stop.request() }
        }
        defer { watcher.cancel() }
        do {
            _ = try await server.migrate(to: target, progress: progress, stop: stop)
            return true
        } catch is CancellationError {
            return false
        }
    }
}
