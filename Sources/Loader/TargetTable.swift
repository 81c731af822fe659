// SPDX-License-Identifier: Apache-2.0
import Postgres

/// A table as the target's catalog describes it.
struct TargetTable: Sendable {
    struct Column: Sendable {
        let type: ColumnType
        /// As PostgreSQL writes it, with its modifier: "character(1)".
        let typeName: String
        /// NOT NULL, and nothing fills it by itself.
        let isRequired: Bool
        let isGenerated: Bool
    }

    /// By name.
    let columns: [String: Column]

    /// Reads those of the tables that exist.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    static func read(
        _ names: some Sequence<String>, on target: inout Connection
    ) throws(PostgresError) -> [String: TargetTable] {
        let names = Set(names).sorted()
        let rows = try target.rows(
            """
            SELECT t.name, a.attname, a.atttypid, format_type(a.atttypid, a.atttypmod),
                   a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', a.attgenerated <> ''
            FROM unnest(\(names), \(names.map(SQL.identifier))) t (name, quoted)
            JOIN pg_attribute a ON a.attrelid = to_regclass(t.quoted) AND a.attnum > 0 AND NOT a.attisdropped
            """)
        var columns: [String: [String: Column]] = [:]
        for row in rows {
            guard let table = row[0], let name = row[1], let oid = row[2].flatMap({ UInt32($0) }), let type = row[3]
            else { continue }
            columns[table, default: [:]][name] = Column(
                type: ColumnType(oid: oid), typeName: type, isRequired: row[4] == "t", isGenerated: row[5] == "t")
        }
        return columns.mapValues(TargetTable.init)
    }
}
