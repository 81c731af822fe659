// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// What a migration needs of a Dendrite whose components have several databases.
///
/// Most questions join tables of several components, and PostgreSQL joins within one database only. So their tables are
/// copied to where a role is that may write: beside the ledger, until all is done.
extension Migration {
    /// Copies Dendrite's tables together, unless an earlier run did or they are together anyhow.
    ///
    /// - Throws: ``MigrationError/gatheringWasDisturbed`` if Dendrite wrote meanwhile; ``PostgresError``; ``CancellationError``.
    func gatherSource(_ inputs: String, on target: inout Connection) throws {
        guard !homeservers.dividedSource.isEmpty else { return }
        if try GatheredTables.shared.name(on: &target) == inputs { return }
        try gather(.shared, inputs, on: &target)
    }

    /// A session that reads all of Dendrite's tables in one snapshot; where they have to be copied together for it, the
    /// copies are gone with the session.
    ///
    /// - Throws: ``MigrationError/gatheringWasDisturbed`` if Dendrite wrote meanwhile; ``PostgresError``; ``CancellationError``.
    func openWholeSource() throws -> Connection {
        guard !homeservers.dividedSource.isEmpty else { return try homeservers.sessions.openSource() }
        var connection = try homeservers.sessions.openTarget()
        stop.register(connection.canceller)
        try gather(.ofSession, try Inputs(homeservers, settings).text, on: &connection)
        try connection.execute("SET search_path = \(identifier: GatheredTables.ofSession.schema)")
        try Sessions.beginReading(&connection)
        return connection
    }

    private func gather(_ tables: GatheredTables, _ inputs: String, on target: inout Connection) throws {
        try tables.gather(
            homeservers.dividedSource.map(\.gathered), name: inputs, on: &target, stop: stop, progress: progress
        ) {
            // Each database is read in a snapshot of its own; they are of one moment only if nobody writes.
            guard try Inputs(homeservers, settings).text == inputs else { throw MigrationError.gatheringWasDisturbed }
        }
    }
}
