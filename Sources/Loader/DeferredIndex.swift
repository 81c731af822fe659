// SPDX-License-Identifier: Apache-2.0
import Postgres

/// An index, constraint or trigger that is set aside while its table is filled.
struct DeferredIndex: Sendable, Hashable {
    /// In the order in which they are put back.
    enum Kind: String, Sendable, CaseIterable {
        /// An index, be it a constraint's or of its own.
        case index
        /// What makes an index that of a primary key or unique constraint, or the one that a table is clustered on.
        case constraint
        /// A foreign key on or to a table that is filled.
        case foreignKey = "foreign key"
        /// A trigger of a user; its definition is how it was enabled.
        case trigger
        /// That a foreign key holds for the rows that are there.
        case validation = "foreign key check"
    }

    let number: Int
    let table: String
    let kind: Kind
    let name: String
    /// The statements that put it back.
    let definition: String
}
