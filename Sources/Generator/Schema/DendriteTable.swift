// SPDX-License-Identifier: Apache-2.0
import Postgres

/// A table of Dendrite's database.
struct DendriteTable: Sendable {
    let name: String
    /// The columns as CREATE TABLE takes them.
    let columns: String
    /// Constraints and indexes, made after the table was filled.
    let keys: [DendriteKey]

    init(_ name: String, columns: String, keys: [DendriteKey] = []) {
        self.name = name
        self.columns = columns
        self.keys = keys
    }

    var creation: SQL { "CREATE TABLE \(identifier: name) (\(raw: columns))" }

    /// A column's name and type; without a type, which traps at the first row, if there is no such column.
    func column(_ name: String) -> Column {
        let types: [Substring: ColumnType] = [
            "bigint": .bigint, "boolean": .bool, "bytea": .bytea, "integer": .integer, "smallint": .smallint,
            "text": .text,
        ]
        for definition in columns.split(separator: ",") {
            let words = definition.split(whereSeparator: \.isWhitespace)
            if words[0] == name { return Column(name, types[words[1]] ?? ColumnType(oid: 0)) }
        }
        return Column(name, ColumnType(oid: 0))
    }

    var keyCreations: [SQL] { constraintCreations + indexCreations }

    var constraintCreations: [SQL] { keys.filter(\.isConstraint).map { $0.creation(on: name) } }

    var indexCreations: [SQL] { keys.filter { !$0.isConstraint }.map { $0.creation(on: name) } }

    var analysis: SQL { "ANALYZE \(identifier: name)" }
}
