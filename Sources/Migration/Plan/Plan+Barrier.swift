// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// What keeps Synapse from starting on a target that is not finished.
///
/// Synapse refuses a database that calls itself compatible only with schemas newer than its own, and changes nothing in
/// it. So the target says that of itself from the ledger's first transaction to the one that finishes the migration, and
/// again from the moment at which somebody begins to undo it.
extension Plan {
    /// The table that is changed; `abort` puts its row back.
    static let barredTable = "schema_compat_version"
    static let barrierTable = "matrix_loader.barrier"

    /// Closes the barrier, whether or not it is closed already.
    static let barrier: [SQL] = [
        """
        CREATE TABLE IF NOT EXISTS matrix_loader.barrier AS SELECT compat_version FROM public.schema_compat_version
        """,
        "UPDATE public.schema_compat_version SET compat_version = 2147483647",
    ]

    static let openingBarrier: SQL = """
        UPDATE public.schema_compat_version SET compat_version = b.compat_version FROM matrix_loader.barrier b
        """

    /// The oldest schema that the target is compatible with, barred or not; nil where it does not say.
    static func compatibleVersion(of target: inout Connection) throws(PostgresError) -> Int64? {
        let isBarred = try target.value("SELECT to_regclass(\(barrierTable))") != nil
        return try target.integer(
            "SELECT compat_version FROM \(raw: isBarred ? barrierTable : "public.schema_compat_version")")
    }
}
