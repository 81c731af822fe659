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

    /// Waits until what others see of the session differs from `seen`.
    private func change(from seen: [String?]?) async throws -> [String?]? {
        var connection = try TemporaryDatabase.connect()
        while true {
            let row = try connection.rows(Self.session).first
            if row != seen { return row }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("beats until it is ended", .timeLimit(.minutes(5)))
    func ended() async throws {
        let (pulse, sessions) = (WALWriterPulse(), TestLoads.sessions)
        async let beats: Void = withThread(named: "WAL writer") { pulse.run(sessions, stop: StopRequest()) }
        defer { pulse.end() }
        let first = try await change(from: nil)
        let second = try await change(from: first)
        #expect(second != nil)
        pulse.end()
        try await beats
        var last = second
        while last != nil { last = try await change(from: last) }
    }

    @Test("ends where somebody asks to stop", .timeLimit(.minutes(5)))
    func stopped() async throws {
        let (pulse, sessions, stop) = (WALWriterPulse(), TestLoads.sessions, StopRequest())
        async let beats: Void = withThread(named: "WAL writer") { pulse.run(sessions, stop: stop) }
        defer { pulse.end() }
        _ = try await change(from: nil)
        stop.request()
        try await beats
    }

    @Test("ends with its session, and nobody is told", .timeLimit(.minutes(5)))
    func lost() async throws {
        let (pulse, sessions) = (WALWriterPulse(), TestLoads.sessions)
        async let beats: Void = withThread(named: "WAL writer") { pulse.run(sessions, stop: StopRequest()) }
        defer { pulse.end() }
        _ = try await change(from: nil)
        var connection = try TemporaryDatabase.connect()
        try connection.execute("SELECT pg_terminate_backend(pid) FROM (\(Self.session)) s")
        try await beats
    }
}
