// SPDX-License-Identifier: Apache-2.0
import Postgres

/// A constraint or an index of one of Dendrite's tables.
struct DendriteKey: Sendable {
    private enum Kind { case constraint, index, uniqueIndex }

    private let kind: Kind
    let name: String
    /// What follows the name in SQL.
    private let definition: String

    var isConstraint: Bool { kind == .constraint }

    static func constraint(_ name: String, _ definition: String) -> DendriteKey {
        DendriteKey(kind: .constraint, name: name, definition: definition)
    }

    static func index(_ name: String, _ definition: String) -> DendriteKey {
        DendriteKey(kind: .index, name: name, definition: definition)
    }

    static func uniqueIndex(_ name: String, _ definition: String) -> DendriteKey {
        DendriteKey(kind: .uniqueIndex, name: name, definition: definition)
    }

    func creation(on table: String) -> SQL {
        switch kind {
        case .constraint:
            "ALTER TABLE \(identifier: table) ADD CONSTRAINT \(identifier: name) \(raw: definition)"
        case .index:
            "CREATE INDEX \(identifier: name) ON \(identifier: table) \(raw: definition)"
        case .uniqueIndex:
            "CREATE UNIQUE INDEX \(identifier: name) ON \(identifier: table) \(raw: definition)"
        }
    }
}
