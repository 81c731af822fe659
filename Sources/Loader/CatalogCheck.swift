// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// Compares loads with the live catalogs of both sides before a row moves, and fits them to the target.
///
/// A column or table that the target does not have is not written: its Synapse is older than the one that the loads were
/// made for. All else that does not fit is a finding, an error. Nothing is run on the source: PostgreSQL only says which
/// columns a query would give.
public struct CatalogCheck: Sendable {
    /// Why the loads cannot be run, all of them errors; empty where they can.
    public private(set) var findings: [Finding] = []
    /// The loads as this target can take them, in the same order.
    public private(set) var loads: [TableLoad] = []
    /// Columns that the target does not have and loads would fill, by table; none of a table that it does not have itself.
    public private(set) var unwritten: [String: Set<String>] = [:]

    private let target: [String: TargetTable]
    private static let remedy = "This version of matrix-loader does not know this Synapse; look for a newer one"

    /// Compares, on two open sessions; an open transaction on the source stays usable.
    ///
    /// - Throws: ``PostgresError`` if either side is lost.
    public init(_ loads: [TableLoad], source: inout Connection, target: inout Connection) throws(PostgresError) {
        self.target = try TargetTable.read(loads.flatMap(\.tables), on: &target)
        for load in loads {
            if let fitting = try fit(load, &source) { self.loads.append(fitting) }
        }
    }

    /// The load as the target can take it; nil if it has none of the load's tables.
    private mutating func fit(_ load: TableLoad, _ source: inout Connection) throws(PostgresError) -> TableLoad? {
        let absent = load.tables.filter(isAbsent)
        for table in absent { unwritten[table] = [] }
        if !absent.isEmpty, absent.count == load.tables.count { return nil }
        var load = load
        load.tables.removeAll(where: absent.contains)
        switch load.work {
        case .passThrough(let table, let query):
            guard let columns = try columns(of: query, of: load, on: &source) else { break }
            let isWritten = compare(columns, with: table, giver: "the query")
            if isWritten.contains(false) {
                let kept = zip(columns, isWritten).filter(\.1).map { SQL.identifier($0.0.name) }.joined(separator: ", ")
                load.work = .passThrough(into: table, from: "SELECT \(raw: kept) FROM (\(query)\n) AS query")
            }
        case .mapped(let query, _):
            _ = try columns(of: query, of: load, on: &source)
            load.declared = load.declared.map { fit($0) }
        case .body(let query, _):
            if let query { _ = try columns(of: query, of: load, on: &source) }
            load.declared = load.declared.map { fit($0) }
        case .statements(let statements):
            for table in absent {
                add("\(load.id) needs the table \(table)")
            }
            load.work = .statements(statements.map { fit($0) })
        }
        return load
    }

    /// Types are not compared: what the target converts by itself, it converts here too.
    private mutating func fit(_ statement: SQL) -> SQL {
        guard let insert = InsertStatement(statement), let table = target[insert.table] else { return statement }
        let columns = insert.columns.map { Column($0, table.columns[$0]?.type ?? .text) }
        let isWritten = compare(columns, with: insert.table, giver: "the statement")
        guard isWritten.contains(false) else { return statement }
        return insert.writing(zip(insert.columns, isWritten).filter(\.1).map(\.0))
    }

    private mutating func fit(_ table: Table) -> Table {
        if isAbsent(table.name) { return table.writing(table.columns.map { _ in false }) }
        if target[table.name] == nil { return table }
        return table.writing(compare(table.columns, with: table.name, giver: "the load"))
    }

    /// Adds what does not fit, and says for each column whether the target has it.
    private mutating func compare(_ columns: [Column], with name: String, giver: String) -> [Bool] {
        guard let table = target[name] else { return columns.map { _ in true } }
        let given = Set(columns.map(\.name))
        for (column, required) in table.columns.sorted(by: { $0.key < $1.key })
        where required.isRequired && !given.contains(column) {
            add("\(name).\(column) is NOT NULL without a default, and \(giver) does not give it")
        }
        return columns.map { column in
            guard let there = table.columns[column.name] else {
                unwritten[name, default: []].insert(column.name)
                return false
            }
            if there.isGenerated {
                add("\(name).\(column.name) is generated, and \(giver) gives it")
            } else if there.type.binaryForm != column.type.binaryForm {
                add("\(name).\(column.name) is \(there.typeName), \(giver) gives \(column.type)")
            }
            return true
        }
    }

    /// Tables of the migration's own schema are made together with the ledger, so they are not there yet.
    private func isAbsent(_ table: String) -> Bool {
        target[table] == nil && !table.hasPrefix("matrix_loader.")
    }

    /// The columns that a query would give; nil, and a finding, if it cannot be run.
    private mutating func columns(
        of query: SQL, of load: TableLoad, on source: inout Connection
    ) throws(PostgresError) -> [Column]? {
        let isNested = source.isInTransaction
        if isNested { try source.execute("SAVEPOINT catalog_check") }
        do throws(PostgresError) {
            let columns = try source.columns(of: query)
            if isNested { try source.execute("RELEASE SAVEPOINT catalog_check") }
            return columns
        } catch {
            if error.isConnectionLoss { throw error }
            if isNested { try source.execute("ROLLBACK TO SAVEPOINT catalog_check") }
            findings.append(
                Finding(
                    .error, Sessions.sourceSide, "the query of \(load.id) cannot be run: \(error.message)",
                    remedy: Self.remedy(for: error)))
            return nil
        }
    }

    private static func remedy(for error: PostgresError) -> String {
        switch error.sqlState {
        // undefined_table, undefined_column
        case "42P01", "42703": "Start a recent Dendrite (0.12 or later) once, so that it brings its tables up to date"
        // insufficient_privilege
        case "42501":
            "As their owner, run GRANT USAGE ON SCHEMA and GRANT SELECT ON ALL TABLES IN SCHEMA, with the role that connects"
        default: error.hint ?? ""
        }
    }

    private mutating func add(_ message: String) {
        let finding = Finding(.error, Sessions.targetSide, message, remedy: Self.remedy)
        // Loads that share a table, as partitions do, would all say the same.
        if !findings.contains(finding) { findings.append(finding) }
    }
}
