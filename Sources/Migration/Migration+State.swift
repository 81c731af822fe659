// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// What a migration needs of a Synapse whose store `state` has a database of its own.
///
/// A load is one transaction, and a transaction is one database's. So the state's tables are filled beside the ledger, like
/// all others, and handed over as a whole at the end. That database has a ledger of its own for it, so that it can be
/// undone like the main one.
extension Migration {
    /// What of Synapse's is in that database and filled by a migration.
    static let stateTables = ["state_groups", "state_groups_state", "state_group_edges"]
    static let stateSequence = "state_group_id_seq"

    /// Makes tables like those of the state's database beside the ledger, unless an earlier run did.
    ///
    /// - Throws: ``MigrationError/isRunning`` if somebody fills that database; ``PostgresError``; ``CancellationError``.
    func stageState(_ inputs: String, on target: inout Connection) throws {
        guard let source = stateSource, let conninfo = homeservers.stateTarget else { return }
        // Not only at the end: somebody else may be at it, or both names may be one database's.
        var state = try Self.openState(conninfo)
        try Self.claim(&state)
        try state.execute("SELECT pg_advisory_unlock(\(Self.lock))")
        if try GatheredTables.state.name(on: &target) == inputs { return }
        try GatheredTables.state.gather([source], name: inputs, on: &target, stop: stop, progress: progress)
    }

    /// Copies what was filled to where Synapse looks for it, once.
    ///
    /// - Throws: ``MigrationError`` if that database holds another migration, or somebody fills it; ``PostgresError``.
    func handStateOver(_ inputs: String) throws {
        guard let conninfo = homeservers.stateTarget else { return }
        var state = try Self.openState(conninfo)
        stop.register(state.canceller)
        try Self.claim(&state)
        let ledger = Ledger()
        if let earlier = try ledger.migration(on: &state) {
            guard earlier.inputs == inputs else { throw MigrationError.differs(from: earlier.inputs, now: inputs) }
            if earlier.isFinished { return }
        } else {
            try ledger.begin(
                .init(inputs: inputs, plan: "{}", version: Self.version),
                [TableLoad("state", .settle, into: Self.stateTables, statements: [])], extra: [], on: &state)
        }
        var target = try homeservers.sessions.openTarget()
        stop.register(target.canceller)
        progress.began("state's own database")
        defer { progress.ended("state's own database") }
        try state.transaction { state in
            // An earlier run may have come to the end of this and no further.
            try state.execute("TRUNCATE \(raw: Self.stateTables.joined(separator: ", "))")
            for table in Self.stateTables {
                try target.pass("SELECT * FROM \(identifier: table)", into: table, of: &state)
            }
            let reached = try target.rows("SELECT last_value, is_called FROM \(identifier: Self.stateSequence)").first
            try state.execute(
                """
                SELECT setval(\(Self.stateSequence), \(raw: reached?[0] ?? "1"), \(reached?[1] == "t"));
                ANALYZE \(raw: Self.stateTables.joined(separator: ", "));
                UPDATE matrix_loader.load SET finished_at = clock_timestamp()
                """)
        }
        try ledger.complete(dropping: [], on: &state)
        Failpoint.reach(.stateHandedOver)
    }

    /// A session on the target that finds all of Synapse's tables, for reading; where some of them have to be copied for
    /// it, the copies are gone with the session.
    ///
    /// - Throws: ``PostgresError``; ``CancellationError``.
    func openWholeTarget() throws -> Connection {
        var target = try homeservers.sessions.openTarget()
        guard let source = stateSource else { return target }
        stop.register(target.canceller)
        try GatheredTables.ofSession.gather([source], name: "", on: &target, stop: stop, progress: progress)
        return target
    }

    /// Whether Synapse has written since the migration ended.
    func isTargetUsed(_ target: inout Connection) throws(PostgresError) -> Bool {
        if try !Ledger().movedSequences(on: &target).isEmpty { return true }
        guard let conninfo = homeservers.stateTarget else { return false }
        var state = try Self.openState(conninfo)
        guard try Ledger().migration(on: &state) != nil else { return false }
        return try !Ledger().movedSequences(on: &state).isEmpty
    }

    private static func claim(_ state: inout Connection) throws {
        guard try state.value("SELECT pg_try_advisory_lock(\(lock))") == "t" else { throw MigrationError.isRunning }
    }

    static func openState(_ conninfo: String) throws(PostgresError) -> Connection {
        try Sessions(source: "", target: conninfo).openTarget(named: Sessions.stateSide)
    }

    private var stateSource: GatheredTables.Source? {
        homeservers.stateTarget.map {
            GatheredTables.Source(
                conninfo: $0, side: Sessions.stateSide, tables: Self.stateTables, sequencePrefixes: [Self.stateSequence]
            )
        }
    }
}
