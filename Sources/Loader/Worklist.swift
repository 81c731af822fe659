// SPDX-License-Identifier: Apache-2.0
import Postgres

/// The loads not yet taken.
///
/// It lives in the target, so that workers of several processes may share it.
///
/// A load is taken by locking its row (`FOR UPDATE SKIP LOCKED`) for as long as the load's transaction lasts: a worker
/// that dies gives it back by dying.
struct Worklist: Sendable {
    let stage: TableLoad.Stage
    /// Loads that only others can do.
    var others: [String] = []

    /// Begins a transaction, the load's own, and takes in it the heaviest load that nobody has taken.
    ///
    /// Where others have taken all that are left, it waits for them: the stage is not done before they are, in
    /// whichever process, and what one of them gives back is taken here.
    /// - Returns: nil once all loads of the stage are done but those of ``others``, or if the migration was halted.
    func take(_ target: inout Connection) throws(PostgresError) -> String? {
        let open: SQL = """
            SELECT id FROM matrix_loader.load WHERE finished_at IS NULL AND stage = \(stage.rawValue)
                   AND id <> ALL (\(others)) AND NOT (SELECT is_halted FROM matrix_loader.migration)
            ORDER BY weight DESC, id LIMIT 1 FOR UPDATE
            """
        try target.execute("BEGIN")
        if let id = try target.value("\(open) SKIP LOCKED") { return id }
        // PostgreSQL locks also a row that it then finds done. Who waits must not hold such rows: those who wait lock rows
        // in one order, from the first, and two that did not would wait for one another.
        try target.execute("ROLLBACK; BEGIN")
        return try target.value(open)
    }

    /// Those of `tables` that no unfinished load of the stage fills any more.
    func filled(among tables: [String], _ target: inout Connection) throws(PostgresError) -> [String] {
        try target.rows(
            """
            SELECT t FROM unnest(\(tables)) t WHERE NOT EXISTS (
                SELECT 1 FROM matrix_loader.load l WHERE l.finished_at IS NULL AND l.stage = \(stage.rawValue) AND t = ANY (l.tables))
            """
        ).compactMap { $0[0] }
    }
}
