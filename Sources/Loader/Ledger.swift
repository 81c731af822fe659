// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// What is planned and done, kept in the schema `matrix_loader` of the target.
///
/// A load's row is marked in the load's own transaction, so what the ledger says is what the tables hold.
public struct Ledger: Sendable {
    /// One row of ``loads(on:)``.
    public struct Entry: Sendable, Codable {
        /// As ``TableLoad/id`` has it.
        public var id: String
        /// As ``TableLoad/area`` has it.
        public var area: String
        /// Rows sent to all tables; 0 while it is not done.
        public var rows: Int
        /// Bytes of those rows, as a binary COPY has them; 0 for what the target did by itself.
        public var bytes: Int
        /// Rows of the source that could not be loaded.
        public var rejected: Int
        /// Rows that the load's query gave; 0 where it has not one query, and while it is not done.
        public var sourceRows: Int
        /// How long it took, s; nil while it is not done.
        public var seconds: Double?
    }

    /// The migration that a ledger belongs to.
    public struct Migration: Sendable {
        /// What the operator asked for and of which servers; a different request is refused.
        public var inputs: String
        /// What was decided before the first row moved, as JSON.
        public var plan: String
        /// The version of the program that began it.
        public var version: String
        /// Whether all is loaded and recorded.
        public var isFinished: Bool
        /// Whether somebody has begun to undo it.
        public var isGivenUp: Bool
        /// Whether what belongs to it and is in no database, such as a key, is where it has to be.
        public var isHandedOver: Bool

        /// A migration to begin, unless the last three say that it has come further.
        public init(
            inputs: String, plan: String, version: String, isFinished: Bool = false, isGivenUp: Bool = false,
            isHandedOver: Bool = false
        ) {
            self.inputs = inputs
            self.plan = plan
            self.version = version
            self.isFinished = isFinished
            self.isGivenUp = isGivenUp
            self.isHandedOver = isHandedOver
        }
    }

    /// The ledger of whatever target its functions are given; it holds nothing itself.
    public init() {}

    /// Has a transaction outlive a crash of the server from its COMMIT on, for what another database or a person relies on.
    static let durably: SQL = "SET LOCAL synchronous_commit = on"

    static let tables: SQL = """
        CREATE SCHEMA matrix_loader;
        CREATE TABLE matrix_loader.migration (
            one boolean PRIMARY KEY DEFAULT true CHECK (one), version text NOT NULL, inputs text NOT NULL, plan text NOT NULL,
            started_at timestamptz NOT NULL DEFAULT clock_timestamp(), finished_at timestamptz, stage integer,
            is_halted boolean NOT NULL DEFAULT false, is_given_up boolean NOT NULL DEFAULT false,
            is_handed_over boolean NOT NULL DEFAULT false);
        CREATE TABLE matrix_loader.load (
            id text PRIMARY KEY, area text NOT NULL, stage integer NOT NULL, weight bigint NOT NULL, tables text[] NOT NULL,
            rows bigint NOT NULL DEFAULT 0, bytes bigint NOT NULL DEFAULT 0, rejected bigint NOT NULL DEFAULT 0,
            source_rows bigint NOT NULL DEFAULT 0, seconds double precision, worker text, finished_at timestamptz);
        CREATE TABLE matrix_loader.loaded_rows (load text NOT NULL, table_name text NOT NULL, rows bigint NOT NULL);
        CREATE TABLE matrix_loader.left_out (load text NOT NULL, what text NOT NULL, rows bigint NOT NULL);
        CREATE TABLE matrix_loader.unwritten (table_name text NOT NULL, column_name text);
        CREATE TABLE matrix_loader.rejected_row (load text NOT NULL, key text NOT NULL, column_name text, reason text NOT NULL);
        CREATE TABLE matrix_loader.set_aside (
            number bigint PRIMARY KEY, table_name text NOT NULL, kind text NOT NULL, name text NOT NULL, definition text NOT NULL,
            is_away boolean NOT NULL DEFAULT true);
        """

    /// The migration on a target; nil where none was begun.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func migration(on target: inout Connection) throws(PostgresError) -> Migration? {
        guard try target.value("SELECT to_regclass('matrix_loader.migration')") != nil else { return nil }
        let rows = try target.rows(
            "SELECT inputs, plan, version, finished_at IS NOT NULL, is_given_up, is_handed_over FROM matrix_loader.migration"
        )
        guard let row = rows.first, row.count == 6, let inputs = row[0], let plan = row[1], let version = row[2] else {
            return nil
        }
        return Migration(
            inputs: inputs, plan: plan, version: version, isFinished: row[3] == "t", isGivenUp: row[4] == "t",
            isHandedOver: row[5] == "t")
    }

    /// Writes down what is to be done, in one transaction: from here on the migration can be resumed.
    ///
    /// - Parameters:
    ///   - unwritten: columns, by table, that loads would fill and the target does not have.
    ///   - kept: tables that no load fills and that `extra` changes, whose rows ``undo(_:on:)`` is to put back.
    ///   - extra: statements that belong to the same transaction.
    /// - Throws: ``PostgresError`` if the schema is there already or the role may not create it.
    public func begin(
        _ migration: Migration, _ loads: [TableLoad], unwritten: [String: Set<String>] = [:],
        keeping kept: [String] = [],
        extra: [SQL], on target: inout Connection
    ) throws {
        try target.transaction { target in
            try target.execute(Self.tables)
            try keep(loads.flatMap(\.tables) + kept, on: &target)
            for statement in extra { try target.execute(statement) }
            try target.execute(
                """
                INSERT INTO matrix_loader.migration (version, inputs, plan)
                VALUES (\(migration.version), \(migration.inputs), \(migration.plan))
                """)
            for (table, columns) in unwritten {
                let names: [String?] = columns.isEmpty ? [nil] : columns.sorted()
                for name in names {
                    try target.execute("INSERT INTO matrix_loader.unwritten VALUES (\(table), \(name))")
                }
            }
            for load in loads {
                try target.execute(
                    """
                    INSERT INTO matrix_loader.load (id, area, stage, weight, tables)
                    VALUES (\(load.id), \(load.area), \(load.stage.rawValue), \(load.weight), \(load.tables))
                    """)
            }
            Failpoint.reach(.beginning)
        }
        Failpoint.reach(.begun)
    }

    /// Says that what belongs to the migration and is in no database is where it has to be.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func handOver(on target: inout Connection) throws(PostgresError) {
        try target.execute("UPDATE matrix_loader.migration SET is_handed_over = true")
    }

    /// Marks a load as done; part of the load's own transaction.
    func finish(
        _ load: String, sink: inout RowSink, seconds: Double, worker: String
    ) throws(PostgresError) {
        let (sent, bytes, rejected, leftOut) = (sink.sent, sink.sentBytes, sink.rejected, sink.leftOut)
        var sql: SQL = """
            UPDATE matrix_loader.load SET rows = \(sent.values.reduce(0, +)), bytes = \(bytes), rejected = \(rejected.count),
            source_rows = \(sink.sourceRows), seconds = \(raw: String(seconds)), worker = \(worker), finished_at = clock_timestamp() WHERE id = \(load);
            """
        for (table, rows) in sent.sorted(by: { $0.key < $1.key }) {
            sql = "\(sql) INSERT INTO matrix_loader.loaded_rows VALUES (\(load), \(table), \(rows));"
        }
        for (what, rows) in leftOut.sorted(by: { $0.key < $1.key }) {
            sql = "\(sql) INSERT INTO matrix_loader.left_out VALUES (\(load), \(what), \(rows));"
        }
        try sink.target.execute(sql)
        // There may be hundreds of thousands of them.
        var named = (rejected + sink.named)[...]
        while !named.isEmpty {
            let rows: [SQL] = named.prefix(1000).map { "(\(load), \($0.key), \($0.column), \($0.reason))" }
            let values = rows.map(\.text).joined(separator: ", ")
            try sink.target.execute("INSERT INTO matrix_loader.rejected_row VALUES \(raw: values)")
            named = named.dropFirst(rows.count)
        }
    }

    /// All loads, done or not, in the order in which they were planned to run.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func loads(on target: inout Connection) throws(PostgresError) -> [Entry] {
        try target.rows(
            """
            SELECT id, area, rows, bytes, rejected, source_rows, CASE WHEN finished_at IS NOT NULL THEN seconds END
            FROM matrix_loader.load ORDER BY stage, weight DESC, id
            """
        ).map { row in
            func number(_ column: Int) -> Int { row[column].flatMap { Int($0) } ?? 0 }
            return Entry(
                id: row[0] ?? "", area: row[1] ?? "", rows: number(2), bytes: number(3), rejected: number(4),
                sourceRows: number(5), seconds: row[6].flatMap { Double($0) })
        }
    }

    /// What loads would have filled and the target does not have: how many values, and tables.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func unwritten(on target: inout Connection) throws(PostgresError) -> [(
        load: String, what: String, rows: Int
    )] {
        var counted: [(load: String, what: String, rows: Int)] = []
        for row in try target.rows("SELECT table_name, column_name FROM matrix_loader.unwritten ORDER BY 1, 2") {
            guard let table = row[0] else { continue }
            if let column = row[1] {
                let rows = Int(try target.integer("SELECT count(*) FROM \(identifier: table)") ?? 0)
                counted.append((table, "values of \(table).\(column), a column that this Synapse does not have", rows))
            } else {
                counted.append((table, "table that this Synapse does not have: \(table)", 1))
            }
        }
        return counted
    }

    /// What was left behind, by name.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func leftOut(on target: inout Connection) throws(PostgresError) -> [(what: String, rows: Int)] {
        try target.rows(
            "SELECT what, sum(rows) FROM matrix_loader.left_out GROUP BY what HAVING sum(rows) > 0 ORDER BY what"
        ).map { ($0[0] ?? "", $0[1].flatMap { Int($0) } ?? 0) }
    }

    /// The rejected rows of all loads, and those that are only named.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func rejected(on target: inout Connection) throws(PostgresError) -> [(load: String, row: RejectedRow)] {
        try target.rows("SELECT load, key, column_name, reason FROM matrix_loader.rejected_row ORDER BY load, key").map
        {
            ($0[0] ?? "", RejectedRow(key: $0[1] ?? "", column: $0[2], reason: $0[3] ?? ""))
        }
    }

    /// Rows written to each table.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func loadedRows(on target: inout Connection) throws(PostgresError) -> [(table: String, rows: Int)] {
        try target.rows(
            "SELECT table_name, sum(rows) FROM matrix_loader.loaded_rows GROUP BY table_name ORDER BY table_name"
        ).map { ($0[0] ?? "", $0[1].flatMap { Int($0) } ?? 0) }
    }

    /// Says that the whole migration is done; the ledger shrinks to what a second run, `verify` and `status` need.
    ///
    /// - Parameters:
    ///   - closing: statements that belong to the same transaction.
    ///   - extra: tables that are needed no more.
    ///   - omissions: what the report is to name as left behind beside what loads have counted. It is written in
    ///     the same transaction, so that a run which is killed just before does not leave it to be counted twice.
    /// - Throws: ``PostgresError`` if the target is lost; the same call goes on.
    public func complete(
        _ closing: [SQL] = [], dropping extra: [String],
        noting omissions: [(load: String, what: String, rows: Int)] = [], on target: inout Connection
    ) throws {
        Failpoint.reach(.beforeCompletion)
        try target.transaction { target in
            try target.execute(Self.durably)
            for statement in closing { try target.execute(statement) }
            for table in extra { try target.execute("DROP TABLE IF EXISTS \(identifier: table)") }
            for omission in omissions {
                try target.execute(
                    "INSERT INTO matrix_loader.left_out VALUES (\(omission.load), \(omission.what), \(omission.rows))")
            }
            try target.execute("DELETE FROM matrix_loader.set_aside WHERE NOT is_away")
            try keepSequences(isAfter: true, on: &target)
            try target.execute("UPDATE matrix_loader.migration SET finished_at = clock_timestamp()")
            Failpoint.reach(.completing)
        }
        // Whoever still reads them may have to learn first that all is done.
        try GatheredTables.drop(on: &target)
        Failpoint.reach(.completed)
    }
}
