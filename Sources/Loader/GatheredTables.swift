// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// Copies of tables from several databases in one schema, where queries may join them.
///
/// PostgreSQL joins within one database only. The copies have the tables' columns, their indexes on plain columns and their
/// sequences, and nothing else.
public struct GatheredTables: Sendable {
    /// Where copies stand that all sessions of a migration read; beside the ledger, and dropped with it.
    public static let shared = GatheredTables(schema: "matrix_loader_source")
    /// Where tables are filled that belong into another database of the target's; beside the ledger, and dropped with it.
    public static let state = GatheredTables(schema: "matrix_loader_state")
    /// Where copies stand that one session reads; PostgreSQL drops them with the session.
    public static let ofSession = GatheredTables(schema: "pg_temp")

    /// The schema's name.
    public let schema: String

    /// What is copied from one database: tables and sequences whose names begin so.
    public struct Source: Sendable {
        /// How libpq finds the database.
        public let conninfo: String
        /// The database as the operator knows it.
        public let side: String
        /// Names of tables; those that are not there are passed over.
        public let tables: [String]
        /// By table the columns that are copied, where not all are; then its indexes are not.
        public let columns: [String: [String]]
        /// How names of sequences begin.
        public let sequencePrefixes: [String]

        /// Says what is copied; nothing is connected yet.
        ///
        /// - Parameters:
        ///   - conninfo: libpq's connection string.
        ///   - side: the database as the operator knows it.
        ///   - tables: names of tables without their schema; the role must find them by itself.
        ///   - columns: by table the columns that are copied; all of a table that is not named.
        ///   - sequencePrefixes: how names of sequences begin.
        public init(
            conninfo: String, side: String, tables: [String], columns: [String: [String]] = [:],
            sequencePrefixes: [String]
        ) {
            self.conninfo = conninfo
            self.side = side
            self.tables = tables
            self.columns = columns
            self.sequencePrefixes = sequencePrefixes
        }
    }

    /// The name under which the copies that are there were gathered; nil where none are.
    ///
    /// - Throws: ``PostgresError`` if the database does not answer.
    public func name(on target: inout Connection) throws(PostgresError) -> String? {
        guard try target.value("SELECT to_regclass(\("\(schema).gathered"))") != nil else { return nil }
        return try target.value("SELECT name FROM \(identifier: "\(schema).gathered")")
    }

    /// Copies everything in one transaction, instead of what was gathered before: a failure leaves what there was.
    ///
    /// - Parameters:
    ///   - name: what ``name(on:)`` is to say of the copies.
    ///   - progress: is told what is being copied.
    ///   - confirming: the last word before the copies are kept; what it throws keeps them from it.
    /// - Throws: ``PostgresError``; ``CancellationError`` if somebody asked to stop.
    public func gather(
        _ sources: [Source], name: String, on target: inout Connection, stop: StopRequest,
        progress: LoadProgress = LoadProgress(), confirming: () throws -> Void = {}
    ) throws {
        try target.transaction { target in
            if schema != Self.ofSession.schema {
                try target.execute(
                    "DROP SCHEMA IF EXISTS \(identifier: schema) CASCADE; CREATE SCHEMA \(identifier: schema)")
            }
            for source in sources { try copy(source, to: &target, stop, progress) }
            try target.execute("CREATE TABLE \(identifier: "\(schema).gathered") AS SELECT \(name)::text AS name")
            try confirming()
            Failpoint.reach(.gathering)
        }
        Failpoint.reach(.gathered)
    }

    /// Removes all copies but those of sessions.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer or the role does not own them.
    public static func drop(on target: inout Connection) throws(PostgresError) {
        for tables in [shared, state] {
            try target.execute("DROP SCHEMA IF EXISTS \(identifier: tables.schema) CASCADE")
        }
    }

    private func copy(
        _ source: Source, to target: inout Connection, _ stop: StopRequest, _ progress: LoadProgress
    ) throws {
        // One snapshot for all that comes from one database.
        var connection = try Sessions(source: source.conninfo, target: "").openSource(named: source.side)
        defer { connection.rollBack() }
        stop.register(connection.canceller)
        let tables = try connection.rows(
            """
            SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND pg_table_is_visible(oid)
                   AND relname = ANY (\(source.tables)) ORDER BY relname
            """
        ).compactMap { $0[0] }
        for table in tables {
            if stop.isRequested { throw CancellationError() }
            progress.began("gathering \(table)")
            defer { progress.ended("gathering \(table)") }
            try copy(table, source.columns[table], from: &connection, to: &target)
        }
        try copySequences(source.sequencePrefixes, from: &connection, to: &target)
    }

    private func copy(
        _ table: String, _ selected: [String]?, from source: inout Connection, to target: inout Connection
    ) throws {
        let copy = "\(schema).\(table)"
        let columns = try source.rows(
            """
            SELECT attname, format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
            FROM pg_attribute
            WHERE attrelid = \(SQL.identifier(table))::regclass AND attnum > 0 AND NOT attisdropped
                  AND (attname = ANY (\(selected ?? [])) OR \(selected == nil)) ORDER BY attnum
            """
        ).map { (name: SQL.identifier($0[0] ?? ""), type: $0[1] ?? "") }
        let definitions = columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
        try target.execute("CREATE TABLE \(identifier: copy) (\(raw: definitions))")
        let names = columns.map(\.name).joined(separator: ", ")
        try source.pass("SELECT \(raw: names) FROM \(identifier: table)", into: copy, of: &target)
        if selected == nil { try copyIndexes(of: table, from: source.indexDefinitions(of: table), to: &target) }
        try target.execute("ANALYZE \(identifier: copy)")
    }

    private func copyIndexes(
        of table: String, from definitions: [String], to target: inout Connection
    ) throws(PostgresError) {
        // The definitions name no schema.
        let path = try target.value("SHOW search_path")
        try target.execute("SET LOCAL search_path = \(identifier: schema)")
        for definition in definitions { try target.execute(SQL(raw: definition)) }
        try target.execute("SELECT set_config('search_path', \(path), true)")
    }

    private func copySequences(
        _ prefixes: [String], from source: inout Connection, to target: inout Connection
    ) throws(PostgresError) {
        let sequences = try source.rows(
            """
            SELECT relname FROM pg_class WHERE relkind = 'S' AND pg_table_is_visible(oid)
                   AND EXISTS (SELECT 1 FROM unnest(\(prefixes)) prefix WHERE starts_with(relname, prefix)) ORDER BY 1
            """)
        for sequence in sequences.compactMap({ $0[0] }) {
            guard let row = try source.rows("SELECT last_value, is_called FROM \(identifier: sequence)").first,
                let value = row[0].flatMap({ Int64($0) })
            else { continue }
            let copy = SQL.identifier("\(schema).\(sequence)")
            try target.execute(
                "CREATE SEQUENCE \(raw: copy); SELECT setval(\(copy), \(value), \(row[1] == "t"))")
        }
    }
}

extension Connection {
    /// The statements that make the indexes of a table that have nothing but columns, in whatever schema comes first.
    fileprivate mutating func indexDefinitions(of table: String) throws(PostgresError) -> [String] {
        try rows(
            """
            SELECT pg_get_indexdef(i.indexrelid, 0, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                   JOIN pg_am m ON m.oid = c.relam
            WHERE i.indrelid = \(SQL.identifier(table))::regclass AND i.indisvalid AND i.indexprs IS NULL
                  AND m.amname = 'btree' ORDER BY 1
            """
        ).compactMap { $0[0] }
    }
}
