// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Postgres

/// A Synapse database that a migration fills or has filled: what stands in its ledger, and how to be rid of it.
public struct MigrationTarget: Sendable {
    private let conninfo: String
    private let stateConninfo: String?

    /// - Parameters:
    ///   - conninfo: libpq's connection string.
    ///   - state: that of the store `state`, where it has a database of its own.
    public init(_ conninfo: String, state: String? = nil) {
        self.conninfo = conninfo
        stateConninfo = state
    }

    /// How far the migration has come; nil where none was begun.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func status() throws -> MigrationStatus? {
        var target = try connect()
        let ledger = Ledger()
        // One moment for all that is read.
        return try target.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY") { target in
            guard let migration = try ledger.migration(on: &target), let times = try ledger.times(on: &target) else {
                return nil
            }
            let running = try ledger.runningLoads(on: &target)
            let state: MigrationStatus.State =
                migration.isFinished ? .finished : try Self.isAtWork(on: &target) ? .running : .interrupted
            let inputs = try? JSONDecoder().decode(Inputs.self, from: Data(migration.inputs.utf8))
            return MigrationStatus(
                state: state, server: inputs?.server ?? "", phases: inputs?.phases ?? [],
                skipMedia: inputs?.skipMedia ?? false, isDryRun: inputs?.isDryRun ?? false,
                isGivenUp: migration.isGivenUp, isHandedOver: migration.isHandedOver,
                version: migration.version, times: times,
                areas: Self.areas(try ledger.loads(on: &target), running: Set(running.map(\.id))),
                runningLoads: running, runningRebuilds: try ledger.runningRebuilds(on: &target),
                setAside: try ledger.awayNames(on: &target),
                leftBehind: try ledger.leftOut(on: &target).map { LeftBehind(what: $0.what, rows: $0.rows) },
                weight: try ledger.weight(on: &target), doneWeight: try ledger.doneWeight(on: &target),
                pace: state == .running ? try ledger.pace(of: Migration.lock, on: &target) : nil)
        }
    }

    /// Whether somebody is about to begin a migration: the target is claimed, and nothing is loaded yet.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func isBeingPrepared() throws -> Bool {
        var target = try connect()
        return try Ledger().migration(on: &target) == nil && Self.isAtWork(on: &target)
    }

    /// The rows that could not be loaded.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func rejectedRows() throws -> [RejectedRowReport] {
        var target = try connect()
        return try Ledger().rejected(on: &target).map {
            RejectedRowReport(load: $0.load, key: $0.row.key, column: $0.row.column, reason: $0.row.reason)
        }
    }

    /// How many rows were written, table by table.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func tables() throws -> [TableRows] {
        var target = try connect()
        return try Ledger().loadedRows(on: &target).map { TableRows(table: $0.table, rows: $0.rows) }
    }

    /// The weight of all loads that an earlier run has done; 0 where there was none.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func doneWeight() throws -> Int {
        var target = try connect()
        guard try Ledger().migration(on: &target) != nil else { return 0 }
        return try Ledger().doneWeight(on: &target)
    }

    /// Says that Synapse's files are as they have to be, so that no later run changes them.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func handOver() throws {
        var target = try connect()
        try Ledger().handOver(on: &target)
    }

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

    /// - Throws: ``MigrationError/lacksState`` if a part of the migration is in a database that nobody has named.
    private func expectWhole(_ migration: Ledger.Migration) throws {
        let inputs = try? JSONDecoder().decode(Inputs.self, from: Data(migration.inputs.utf8))
        if inputs?.isStateApart == true, stateConninfo == nil { throw MigrationError.lacksState }
    }

    private func connect() throws(PostgresError) -> Connection {
        try Sessions(source: "", target: conninfo).openTarget()
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

    /// Whether a session holds the lock of a migration; it is only looked at, never asked for.
    private static func isAtWork(on target: inout Connection) throws(PostgresError) -> Bool {
        try target.value(
            """
            SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND classid::bigint = \(Migration.lock >> 32) AND objid::bigint IN (
                       \(Migration.lock & 0xFFFF_FFFF), \(Migration.workerLock & 0xFFFF_FFFF)) LIMIT 1
            """) != nil
    }

    private static func areas(_ entries: [Ledger.Entry], running: Set<String>) -> [AreaStanding] {
        var areas: [String: AreaStanding] = [:]
        for entry in entries {
            var area = areas[entry.area] ?? AreaStanding(name: entry.area)
            area.loads += 1
            area.done += entry.seconds == nil ? 0 : 1
            area.running += running.contains(entry.id) ? 1 : 0
            area.rows += entry.rows
            area.bytes += entry.bytes
            area.rejected += entry.rejected
            area.seconds += entry.seconds ?? 0
            areas[entry.area] = area
        }
        let order = Dictionary(uniqueKeysWithValues: Plan.areaNames.enumerated().map { ($1, $0) })
        return areas.values.sorted { (order[$0.name] ?? .max, $0.name) < (order[$1.name] ?? .max, $1.name) }
    }
}
