// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Postgres

extension MigrationTarget {
    /// Puts the target back to what it was before the migration: an empty Synapse database.
    ///
    /// - Returns: whether there was a migration.
    /// - Throws: ``MigrationError`` while somebody uses the target or after somebody has, and then nothing has changed;
    ///   ``PostgresError``, after which it may be on record that the migration was given up: it can only be undone.
    public func abort() throws -> Bool {
        var target = try connect()
        let isBegun = try Ledger().migration(on: &target) != nil
        let isGathered =
            try GatheredTables.shared.name(on: &target) != nil || GatheredTables.state.name(on: &target) != nil
        guard isBegun || isGathered else { return false }
        try claim(&target)
        guard let migration = try Ledger().migration(on: &target) else {
            try GatheredTables.drop(on: &target)
            return true
        }
        try expectWhole(migration)
        // An undoing that was interrupted has moved them itself.
        let moved = migration.isGivenUp ? [] : try Ledger().movedSequences(on: &target)
        guard moved.isEmpty else { throw MigrationError.wasUsed(moved) }
        // First the part: without the main ledger nobody would look for it.
        if let stateConninfo { try undoState(stateConninfo, of: &target) }
        try Ledger().undo(Plan.barrier, on: &target)
        return true
    }

    private func undoState(_ conninfo: String, of target: inout Connection) throws {
        var state = try Migration.openState(conninfo)
        guard let migration = try Ledger().migration(on: &state) else { return }
        try claim(&state)
        let moved = migration.isGivenUp ? [] : try Ledger().movedSequences(on: &state)
        guard moved.isEmpty else { throw MigrationError.wasUsed(moved) }
        // A main database without its state must not pass for one that is finished, nor may Synapse start on it.
        try Ledger().giveUp(Plan.barrier, on: &target)
        try Ledger().undo(on: &state)
        Failpoint.reach(.stateUndone)
    }

    /// Removes what the migration needed for itself, once it is finished.
    ///
    /// - Returns: whether there was anything to remove.
    /// - Throws: ``MigrationError`` if the migration is not finished; ``PostgresError``.
    public func forget() throws -> Bool {
        var target = try connect()
        guard let migration = try Ledger().migration(on: &target) else { return false }
        guard !migration.isGivenUp else { throw MigrationError.isGivenUp }
        guard migration.isFinished else { throw MigrationError.isNotFinished }
        try expectWhole(migration)
        if let stateConninfo {
            var state = try Migration.openState(stateConninfo)
            try Ledger().forget(on: &state)
        }
        try Ledger().forget(on: &target)
        return true
    }

    /// Makes sure that every database which the migration has filled is named.
    ///
    /// - Throws: ``MigrationError/lacksState`` if a part of the migration is in a database that nobody has named.
    private func expectWhole(_ migration: Ledger.Migration) throws {
        let inputs = try? Inputs(storedAs: migration.inputs)
        if inputs?.isStateApart == true, stateConninfo == nil { throw MigrationError.lacksState }
    }

    /// Keeps others out, and makes sure that none is in.
    private func claim(_ target: inout Connection) throws {
        guard try target.value("SELECT pg_try_advisory_lock(\(Migration.lock))") == "t" else {
            throw MigrationError.isRunning
        }
        guard try target.value("SELECT pg_try_advisory_lock(\(Migration.workerLock))") == "t" else {
            throw MigrationError.workersAreAtIt
        }
        let others = try target.otherSessions()
        guard others.isEmpty else { throw MigrationError.isInUse(by: others) }
        // The server may need a moment to notice that a worker is dead.
        for _ in 0..<50 {
            let left = try target.value(
                """
                SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                       AND application_name LIKE 'matrix-loader%' AND xact_start IS NOT NULL LIMIT 1
                """)
            if left == nil { return }
            Thread.sleep(forTimeInterval: 0.2)
        }
        throw MigrationError.isRunning
    }
}
