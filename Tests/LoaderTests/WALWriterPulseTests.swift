// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Loader

@Suite("The WAL writer's pulse", .temporaryDatabase)
struct WALWriterPulseTests {
    /// The session that commits, as others see it.
    private static let session: SQL = """
        SELECT pid, query_start FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'matrix-loader WAL writer'
              AND query = 'SELECT txid_current()'
        """

    /// Whether there is a session of that name within a minute no more; PostgreSQL shows one for a moment after its end.
    private func isGone() async throws -> Bool {
        var connection = try TemporaryDatabase.connect()
        let count: SQL = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'matrix-loader WAL writer'
            """
        for _ in 0..<6000 {
            if try connection.integer(count) == 0 { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// Waits until what others see of the session differs from `seen`.
    private func change(from seen: [String?]?) async throws -> [String?]? {
        var connection = try TemporaryDatabase.connect()
        while true {
            let row = try connection.rows(Self.session).first
            if row != seen { return row }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("beats until it is ended", .timeLimit(.minutes(10)))
    func ended() async throws {
        let pulse = WALWriterPulse(TestLoads.sessions, stop: StopRequest())
        let first = try await change(from: nil)
        let second = try await change(from: first)
        #expect(second != nil)
        await pulse.end()
        var last = second
        while last != nil { last = try await change(from: last) }
    }

    @Test("ends where somebody asks to stop", .timeLimit(.minutes(10)))
    func stopped() async throws {
        let stop = StopRequest()
        let pulse = WALWriterPulse(TestLoads.sessions, stop: stop)
        _ = try await change(from: nil)
        stop.request()
        await pulse.ended()
        #expect(try await isGone())
    }

    @Test("ends with its session, and nobody is told", .timeLimit(.minutes(10)))
    func lost() async throws {
        let pulse = WALWriterPulse(TestLoads.sessions, stop: StopRequest())
        _ = try await change(from: nil)
        var connection = try TemporaryDatabase.connect()
        try connection.execute("SELECT pg_terminate_backend(pid) FROM (\(Self.session)) s")
        await pulse.ended()
        #expect(try await isGone())
    }
}
