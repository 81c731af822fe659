// SPDX-License-Identifier: Apache-2.0
public import Postgres
public import Testing

/// Gives every test case a PostgreSQL database of its own: UTF-8, locale C, empty.
public struct TemporaryDatabase: TestTrait, SuiteTrait, TestScoping {
    /// How libpq finds the database of the running test.
    @TaskLocal public static var conninfo = ""

    /// True: a suite with this trait gives each of its test cases a database, not one to all of them.
    public var isRecursive: Bool { true }

    /// Runs a test case with ``conninfo`` set; skips it where PostgreSQL is not installed.
    ///
    /// - Throws: what the test throws; ``TemporaryCluster/Unavailable``, `PostgresError` if there is no database.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let (cluster, name) = try Self.orSkip { cluster in (cluster, try cluster.makeDatabase()) }
        defer { try? cluster.removeDatabase(name) }
        try await Self.$conninfo.withValue(cluster.conninfo(name)) { try await function() }
    }

    /// A connection to the database of the running test.
    public static func connect() throws -> Connection {
        try Connection(conninfo, side: "the test's PostgreSQL")
    }

    /// Makes one more database, which stays as long as the cluster.
    ///
    /// - Parameter template: a database of the cluster to copy.
    /// - Returns: how libpq finds it.
    /// - Throws: ``TemporaryCluster/Unavailable`` without a cluster, `PostgresError` if it refuses.
    public static func make(template: String = "template0") throws -> String {
        let cluster = try TemporaryCluster.shared
        return cluster.conninfo(try cluster.makeDatabase(template: template))
    }

    /// Runs `body` with the cluster; where PostgreSQL is not installed, skips the running test.
    static func orSkip<Result>(_ body: (TemporaryCluster) throws -> Result) throws -> Result {
        do {
            return try body(try TemporaryCluster.shared)
        } catch let problem as TemporaryCluster.Unavailable where problem.isNotInstalled {
            try Requirement.postgres.skip(problem.description)
            throw problem
        }
    }
}

extension Trait where Self == TemporaryDatabase {
    /// A PostgreSQL database for each test case.
    public static var temporaryDatabase: Self { Self() }
}
