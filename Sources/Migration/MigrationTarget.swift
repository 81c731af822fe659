// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// A Synapse database that a migration fills or has filled: what stands in its ledger, and how to be rid of it.
public struct MigrationTarget: Sendable {
    private let conninfo: String
    /// How libpq finds the database of the store `state`, where it is another.
    let stateConninfo: String?

    /// A target by its connection strings; each question opens a connection of its own.
    ///
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
            let inputs = try? Inputs(storedAs: migration.inputs)
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

    func connect() throws(PostgresError) -> Connection {
        try Sessions(source: "", target: conninfo).openTarget()
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
