// SPDX-License-Identifier: Apache-2.0
import Postgres

/// The loads not yet taken. It lives in the target, so that workers of several processes may share it.
///
/// A load is taken by locking its row (`FOR UPDATE SKIP LOCKED`) for as long as the load's transaction lasts: a worker
/// that dies gives it back by dying.
struct Worklist: Sendable {
    let stage: TableLoad.Stage

    /// Takes the heaviest load that nobody has taken; call inside the load's transaction.
    func take(_ target: inout Connection) throws(PostgresError) -> String? {
        try target.value(
            """
            SELECT id FROM matrix_loader.load WHERE finished_at IS NULL AND stage = \(stage.rawValue)
            ORDER BY weight DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED
            """)
    }

    /// Whether all loads of the stage are done, by whichever process.
    func isDone(_ target: inout Connection) throws(PostgresError) -> Bool {
        try target.value(
            "SELECT 1 FROM matrix_loader.load WHERE finished_at IS NULL AND stage = \(stage.rawValue) LIMIT 1") == nil
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
