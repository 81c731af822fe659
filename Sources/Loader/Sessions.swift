// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// How workers connect: to the source in one shared snapshot and reading only, to the target as its owner.
public struct Sessions: Sendable {
    /// libpq's connection strings.
    let source: String
    let target: String
    /// The snapshot that all source sessions read; nil for a session of its own.
    public var snapshot: String?
    /// The schema with the source's tables; nil for where the role finds them by itself.
    public var sourceSchema: String?
    /// A schema whose tables the target's sessions find before Synapse's own; nil for none.
    public var targetSchema: String?
    /// How messages call the source; ``PostgresError/side`` of its errors.
    public static let sourceSide = "Dendrite's database"
    /// How messages call the target.
    public static let targetSide = "Synapse's database"
    /// How messages call the database of the store `state`, where it is not the target.
    public static let stateSide = "Synapse's database of state"
    /// What `application_name` of every session of ours begins with.
    public static let name = "matrix-loader"

    /// Ways to connect to both sides; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - source: libpq's connection string; may be empty where only the target is opened.
    ///   - target: the same; may be empty where only the source is opened.
    ///   - snapshot: what `pg_export_snapshot()` gave; nil for a snapshot of each session's own.
    ///   - sourceSchema: the schema with the source's tables; nil for where the role finds them by itself.
    ///   - targetSchema: a schema to look for tables in before `public`; nil for none.
    public init(
        source: String, target: String, snapshot: String? = nil, sourceSchema: String? = nil,
        targetSchema: String? = nil
    ) {
        self.source = source
        self.target = target
        self.snapshot = snapshot
        self.sourceSchema = sourceSchema
        self.targetSchema = targetSchema
    }

    /// Opens a session on the source inside a read-only transaction.
    ///
    /// - Parameter side: the database as the operator knows it.
    /// - Throws: ``PostgresError`` if it cannot connect or the snapshot is gone.
    public func openSource(named side: String = Self.sourceSide) throws(PostgresError) -> Connection {
        var connection = try Connection(source, side: side, name: Self.name)
        try connection.execute(Self.endurance)
        if let sourceSchema { try connection.execute("SET search_path = \(identifier: sourceSchema)") }
        try Self.beginReading(&connection)
        guard let snapshot else { return connection }
        do throws(PostgresError) {
            try connection.execute("SET TRANSACTION SNAPSHOT \(snapshot)")
        } catch  where error.sqlState == "22023" {
            // It lives as long as the session that gave it.
            throw PostgresError(side: side, sqlState: "08006", message: "the connection that held the snapshot is lost")
        }
        // libpq asks the kernel for as much as its buffer has room for: 16 kB, until a longer message came.
        _ = try connection.value("SELECT repeat(' ', 260000)")
        return connection
    }

    /// Makes a session one that reads only, in one snapshot.
    ///
    /// A query of a table whose rows are hidden from the role (row-level security) fails, rather than to give less.
    /// - Throws: ``PostgresError`` if the database does not answer.
    public static func beginReading(_ connection: inout Connection) throws(PostgresError) {
        // Compiling a plan costs more than it saves in queries that run once.
        try connection.execute(
            """
            SET default_transaction_read_only = on; SET jit = off;
            SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET work_mem = '128MB';
            SET extra_float_digits = 3; SET bytea_output = hex; SET enable_mergejoin = on;
            SET standard_conforming_strings = on; SET client_encoding = 'UTF8'; SET timezone = 'UTC';
            SET quote_all_identifiers = off; SET row_security = off
            """)
        try connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    }

    /// Opens a session on the target, outside of any transaction.
    ///
    /// - Parameter side: the database as the operator knows it.
    /// - Throws: ``PostgresError`` if it cannot connect.
    public func openTarget(named side: String = Self.targetSide) throws(PostgresError) -> Connection {
        var connection = try Connection(target, side: side, name: Self.name)
        try connection.execute(Self.endurance)
        // A commit that a crash of the server takes away takes its ledger row with it, and is simply done again.
        try connection.execute(
            """
            SET synchronous_commit = off; SET statement_timeout = 0;
            SET idle_in_transaction_session_timeout = 0; SET standard_conforming_strings = on; SET jit = off;
            SET client_encoding = 'UTF8'; SET timezone = 'UTC'; SET work_mem = '128MB'; SET search_path = public;
            SET lock_timeout = 0; SET default_transaction_isolation = 'read committed'; SET quote_all_identifiers = off
            """)
        if let targetSchema {
            try connection.execute("SET search_path = \(identifier: targetSchema), public")
        }
        return connection
    }

    /// Opens a session on the target that writes many rows; see ``openTarget(named:)``.
    func openTargetForLoading() throws(PostgresError) -> Connection {
        var connection = try openTarget()
        // Quicker than PostgreSQL's own way; servers from 14 on have it if they were built with it. To ask which are takes
        // PostgreSQL longer than all else that a session is told, so few are.
        try connection.execute(
            """
            SELECT set_config(name, 'lz4', false) FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)
            """)
        return connection
    }

    /// Has a session say what it is for, and how far it has come; see ``Ledger/runningLoads(on:)``.
    static func name(_ step: String, rows: Int? = nil) -> SQL {
        // PostgreSQL cuts a name after 63 bytes, so the number comes first.
        "SET application_name = \("\(name) \(rows.map { "\($0) rows, " } ?? "")\(step)")"
    }

    /// A session lasts as long as its client, idle or not, and no longer: a lock or a load of a process that is gone is
    /// free within seconds.
    ///
    /// Settings that a server does not know, as it is too old, are left alone.
    private static let endurance: SQL = """
        SELECT set_config(name, value, false) FROM (VALUES
            ('idle_session_timeout', '0'), ('transaction_timeout', '0'), ('client_connection_check_interval', '1000'),
            ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')) v (name, value)
        WHERE current_setting(name, true) IS NOT NULL
        """
}
