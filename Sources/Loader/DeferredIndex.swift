// SPDX-License-Identifier: Apache-2.0
import Postgres

/// An index, constraint or trigger that is set aside while its table is filled.
struct DeferredIndex: Sendable, Hashable {
    enum Kind: String, Sendable {
        /// An index, a constraint's too.
        case index
        /// A primary key or unique constraint, once its index is back. Apart from it, because adding a constraint locks
        /// the table against others that are building indexes on it, and two that do so would wait for each other.
        case constraint
        /// A foreign key on or to a table that is filled.
        case foreignKey = "foreign key"
        /// A trigger of a user; its definition is how it was enabled.
        case trigger
    }

    let number: Int
    let table: String
    let kind: Kind
    let name: String
    /// The statements that put it back.
    let definition: String
}
