// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// What processes that work on one migration tell one another.
extension Ledger {
    /// Says that the loads of a stage may be taken, by this process and those that joined it.
    func open(_ stage: TableLoad.Stage, on target: inout Connection) throws(PostgresError) {
        try target.execute("UPDATE matrix_loader.migration SET stage = \(stage.rawValue), is_halted = false")
    }

    /// Says that whoever leads has stopped on purpose, so that those who joined stop as well.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func halt(on target: inout Connection) throws(PostgresError) {
        try target.execute("UPDATE matrix_loader.migration SET is_halted = true WHERE finished_at IS NULL")
    }

    /// Whether whoever led has stopped on purpose, and nobody has gone on since.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func isHalted(on target: inout Connection) throws(PostgresError) -> Bool {
        try target.value("SELECT is_halted FROM matrix_loader.migration") == "t"
    }

    /// The stage whose loads may be taken; nil before the first.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func openStage(on target: inout Connection) throws(PostgresError) -> TableLoad.Stage? {
        try target.integer("SELECT stage FROM matrix_loader.migration").flatMap { TableLoad.Stage(rawValue: Int($0)) }
    }

    /// Whether loads of a stage are not done.
    func isOpen(_ stage: TableLoad.Stage, on target: inout Connection) throws(PostgresError) -> Bool {
        try target.value(
            "SELECT 1 FROM matrix_loader.load WHERE finished_at IS NULL AND stage = \(stage.rawValue) LIMIT 1") != nil
    }

    /// Whether somebody is running one of some loads.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func areTaken(_ loads: [String], on target: inout Connection) throws(PostgresError) -> Bool {
        let running = Set(try runningLoads(on: &target).map(\.id))
        return loads.contains { running.contains($0) }
    }

    /// The loads that are not done, those under way among them.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func openLoads(on target: inout Connection) throws(PostgresError) -> [String] {
        try target.rows("SELECT id FROM matrix_loader.load WHERE finished_at IS NULL ORDER BY stage, weight DESC, id")
            .compactMap { $0[0] }
    }
}
