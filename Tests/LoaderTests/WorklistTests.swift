// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Loader

@Suite("The worklist", .temporaryDatabase, .timeLimit(.minutes(15)))
struct WorklistTests {
    /// What a worker is given, once there is something to give.
    @concurrent private static func taken() async throws -> String? {
        let sessions = TestLoads.sessions
        return try await withThread(named: "worker") {
            var target = try sessions.openTarget()
            return try Worklist(stage: .copy).take(&target)
        }
    }

    /// Another worker's session, which has taken a load.
    private static func taker(of load: String) throws -> Connection {
        var connection = try TemporaryDatabase.connect()
        try connection.execute("BEGIN; SELECT 1 FROM matrix_loader.load WHERE id = \(load) FOR UPDATE")
        return connection
    }

    private static func finish(_ load: String, by taker: inout Connection) throws {
        try taker.execute("UPDATE matrix_loader.load SET finished_at = now() WHERE id = \(load); COMMIT")
    }

    private static func wait(forLock name: String, in observer: inout Connection) async throws {
        while try observer.value(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = \(name)") == nil
        { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test("lets nobody who waits hold a load that was done while he looked")
    func waiting() async throws {
        let table = Table("people", .bigint("id"))
        try TestLoads.begin(["first", "second"].map { TableLoad($0, into: [table]) { _, _ in } })
        var observer = try TemporaryDatabase.connect()
        // A gate, at which a worker stands when it has seen which loads are open and has locked none.
        try observer.execute(
            """
            CREATE FUNCTION gate() RETURNS boolean LANGUAGE sql AS
                'SELECT pg_advisory_lock_shared(1); SELECT pg_advisory_unlock_shared(1); SELECT false';
            ALTER TABLE matrix_loader.migration RENAME TO only_migration;
            CREATE VIEW matrix_loader.migration AS SELECT is_halted OR gate() AS is_halted FROM matrix_loader.only_migration
            """)
        var first = try Self.taker(of: "first")
        var second = try Self.taker(of: "second")

        async let early = Self.taken()
        try await Self.wait(forLock: "transactionid", in: &observer)
        try observer.execute("SELECT pg_advisory_lock(1)")
        async let late = Self.taken()
        try await Self.wait(forLock: "advisory", in: &observer)
        try Self.finish("second", by: &second)
        try observer.execute("SELECT pg_advisory_unlock(1)")
        try await Self.wait(forLock: "tuple", in: &observer)
        try Self.finish("first", by: &first)

        let given = try await [early, late]
        #expect(given == [nil, nil])
    }
}
