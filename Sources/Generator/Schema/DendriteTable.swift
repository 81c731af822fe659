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

    var keyCreations: [SQL] { keys.map { $0.creation(on: name) } }
}
