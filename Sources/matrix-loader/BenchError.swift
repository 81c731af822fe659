// SPDX-License-Identifier: Apache-2.0
import Postgres

/// What ends a measurement and no migration.
enum BenchError: Error, CustomStringConvertible {
    /// The role may make no databases, or not this one; in PostgreSQL's words.
    case mayNotCreate(role: String, refusal: String)
    /// Somebody is connected to the database that is to be copied.
    case isInUse(database: String)
    /// Dendrite's sequences and tables that were written to.
    case sourceHasMoved([String])

    var description: String {
        switch self {
        case .mayNotCreate(let role, let refusal):
            """
            The role \(role) may not make the throw-away databases that 'bench' needs (\(refusal)): as a superuser, run \
            ALTER ROLE \(SQL.identifier(role)) CREATEDB, and let that role own the empty Synapse database.
            """
        case .isInUse(let database):
            """
            Somebody is connected to the database \(database), and PostgreSQL copies none that is in use: stop Synapse \
            and all its workers, close all else that is connected, then run the same command again.
            """
        case .sourceHasMoved(let names):
            """
            Dendrite has written while it was measured (\(names.prefix(5).joined(separator: ", ")) changed), so there is no \
            result: stop Dendrite, or name a copy of its database with --dendrite-db, then run the same command again.
            """
        }
    }
}
