// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// How often rows of Dendrite's tables were written, as PostgreSQL's statistics count it.
///
/// Sequences show what is numbered anew; a device that is seen, a key that is used up, an account that is changed show here
/// alone. Only tables that are read are counted, so neither readers nor vacuum, nor what others in the same cluster do,
/// can be taken for Dendrite. A role needs no privilege for it.
/// https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW
struct SourceWrites: Sendable {
    /// Where a migration keeps what was counted when it began.
    static let table = "matrix_loader.source_writes"
    /// A session hands its counts over after each transaction, but where these come fast only once it was idle for 10 seconds.
    static let delay = 11

    /// By table: rows inserted, updated and deleted since the counters were reset.
    let counted: [String: Int64]

    /// Asks every database of Dendrite's.
    ///
    /// - Throws: ``PostgresError`` if one does not answer.
    init(_ homeservers: Homeservers) throws(PostgresError) {
        var counted: [String: Int64] = [:]
        for database in homeservers.sources {
            var source = try Sessions(source: database.conninfo, target: "").openSource(named: database.side)
            counted.merge(
                try source.counts(
                    """
                    SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables
                    WHERE schemaname = current_schema()
                          AND relname = ANY (\(DendriteTables.all.filter { database.holds($0) }))
                    """)
            ) { first, _ in first }
        }
        self.counted = counted
    }

    /// What was counted when the migration on a target began; nothing where it was not written down.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    init(recordedOn target: inout Connection) throws(PostgresError) {
        guard try target.value("SELECT to_regclass(\(Self.table))") != nil else {
            counted = [:]
            return
        }
        counted = try target.counts("SELECT table_name, writes FROM \(identifier: Self.table)")
    }

    /// Statements that write it down beside the ledger.
    var recording: [SQL] {
        let rows = counted.sorted { $0.key < $1.key }
        return [
            "CREATE TABLE \(identifier: Self.table) (table_name text PRIMARY KEY, writes bigint NOT NULL)",
            """
            INSERT INTO \(identifier: Self.table)
            SELECT * FROM unnest(\(rows.map(\.key)), \(rows.map { "\($0.value)" })::bigint[])
            """,
        ]
    }

    /// Tables that were written to since.
    ///
    /// A PostgreSQL that crashed begins to count anew, so fewer says nothing, and more is certain.
    func tables(since earlier: SourceWrites) -> [String] {
        earlier.counted.filter { counted[$0.key, default: 0] > $0.value }.keys.sorted()
    }

    /// Makes sure that nobody has written since.
    ///
    /// - Throws: ``MigrationError/sourceHasMoved(_:)`` if somebody has.
    func expectNone(since earlier: SourceWrites) throws(MigrationError) {
        let tables = tables(since: earlier)
        guard tables.isEmpty else { throw .sourceHasMoved(tables) }
    }
}

extension Migration {
    /// Makes sure that what was loaded is all: that nobody has written to Dendrite's tables since the migration began.
    ///
    /// - Throws: ``MigrationError/sourceHasMoved(_:)`` if somebody has; ``PostgresError``; ``CancellationError``.
    func expectNoWrites(since inputs: Inputs, _ target: inout Connection) async throws {
        let earlier = try SourceWrites(recordedOn: &target)
        func look() throws {
            let counted = try Inputs(homeservers, settings).counted
            let moved = counted.keys.filter { counted[$0] != inputs.counted[$0] }.sorted()
            guard moved.isEmpty else { throw MigrationError.sourceHasMoved(moved) }
            try SourceWrites(homeservers).expectNone(since: earlier)
        }
        try await waitForCounts(looking: look)
        try look()
    }

    /// Waits until all that others have written is counted; not at all where nobody is connected, or they are known to rest.
    ///
    /// Whoever has just ended is still there until it is counted.
    func waitForCounts(looking: () throws -> Void = {}) async throws {
        let step = "waiting for what others wrote to be counted"
        progress.began(step)
        defer { progress.ended(step) }
        let end = ContinuousClock.now + .seconds(SourceWrites.delay)
        while try areOthersBusy(), .now < end {
            if stop.isRequested { throw CancellationError() }
            try looking()
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func areOthersBusy() throws(PostgresError) -> Bool {
        for database in homeservers.sources {
            var source = try Sessions(source: database.conninfo, target: "").openSource(named: database.side)
            // When others were busy PostgreSQL tells those only who may know.
            let busy = try source.value(
                """
                SELECT 1 FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
                      AND coalesce(backend_type, 'client backend') = 'client backend'
                      AND coalesce(application_name, '') NOT LIKE 'matrix-loader%'
                      AND coalesce(state_change > clock_timestamp() - make_interval(secs => \(SourceWrites.delay)), true)
                LIMIT 1
                """)
            if busy != nil { return true }
        }
        return false
    }
}

extension Connection {
    /// Names with numbers.
    fileprivate mutating func counts(_ query: SQL) throws(PostgresError) -> [String: Int64] {
        Dictionary(
            try rows(query).compactMap { row in
                guard let name = row[0], let count = row[1].flatMap({ Int64($0) }) else { return nil }
                return (name, count)
            }, uniquingKeysWith: { first, _ in first })
    }
}
