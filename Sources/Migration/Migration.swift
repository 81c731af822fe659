// SPDX-License-Identifier: Apache-2.0
import Foundation
public import Loader
public import MediaCopier
import Postgres

/// The migration of one homeserver, from the first look at it to the last position.
public struct Migration: Sendable {
    /// What the operator asked for beside the servers themselves.
    public struct Settings: Sendable {
        /// How many workers there are, and how they go about it.
        public var loader = Loader.Settings()
        /// Names of areas; empty for all.
        public var phases: [String] = []
        /// Whether files and rows of media are left out.
        public var skipMedia = false
        /// How media's files are copied.
        public var mediaOptions = CopyOptions()
        /// Counters of the media's files.
        public var mediaProgress = CopyProgress()
        /// Above so many events Synapse makes messages searchable.
        var searchLimit = Plan.defaultSearchLimit

        /// A whole migration: all areas, and media.
        public init() {}
    }

    /// How a run ended.
    public enum Outcome: Sendable {
        /// This run has done what was left.
        case done
        /// An earlier run had done everything.
        case alreadyDone
    }

    /// What `--version` says, and what the ledger keeps of the program that began a migration.
    public static let version = "0.1.0"
    /// Keeps a second migration of the same target out: "matrix-l" as a number.
    static let lock: Int64 = 0x6D61_7472_6978_2D6C
    /// Is shared by all who join, so that nobody undoes what they are at.
    static let workerLock = lock + 1

    let homeservers: Homeservers
    var settings: Settings
    let progress: LoadProgress
    let stop: StopRequest
    let timeline: Timeline

    /// A migration between two homeservers; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - homeservers: the servers.
    ///   - settings: what the operator asked for beside them.
    ///   - progress: is told what is loaded.
    ///   - stop: ends a run early, with ``CancellationError``.
    ///   - timeline: is told which worker did what when.
    public init(
        _ homeservers: Homeservers, settings: Settings = Settings(), progress: LoadProgress = LoadProgress(),
        stop: StopRequest = StopRequest(), timeline: Timeline = Timeline()
    ) {
        self.homeservers = homeservers
        self.settings = settings
        self.progress = progress
        self.stop = stop
        self.timeline = timeline
    }

    /// Loads everything that is not loaded yet.
    ///
    /// - Throws: ``MigrationError`` if this migration may not run now; ``PostgresError``; ``RejectedRow`` where the
    ///   operator wants to stop at the first; ``CancellationError``. What was committed stands, and the same call goes on.
    public func run() async throws -> Outcome {
        do {
            return try await lead()
        } catch {
            throw stop.meaning(of: error)
        }
    }

    private func lead() async throws -> Outcome {
        var sessions = homeservers.sessions
        // It stays open, and with it the lock.
        var target = try sessions.openTarget()
        stop.register(target.canceller)
        var attempts = 0
        while try !lead(&target) {
            attempts += 1
            // PostgreSQL takes a moment to notice that whoever led before is gone.
            guard attempts < 20 else { throw MigrationError.isRunning }
            try await Task.sleep(for: .milliseconds(100))
        }
        // Before the snapshot: what Dendrite writes in between shows in the next run.
        let inputs = try Inputs(homeservers, settings)
        try await waitForCounts()
        let writes = try SourceWrites(homeservers)
        let earlier = try Ledger().migration(on: &target)
        if let earlier {
            if earlier.isGivenUp { throw MigrationError.isGivenUp }
            if earlier.isFinished { return .alreadyDone }
            try expect(inputs, of: earlier)
            try writes.expectNone(since: try SourceWrites(recordedOn: &target))
        }
        try gatherSource(inputs.text, on: &target)
        try stageState(inputs.text, on: &target)
        // It stays open, too, and with it the snapshot that all workers read.
        var source = try sessions.openSource()
        defer { source.rollBack() }
        // Planning may take its time, too.
        stop.register(source.canceller)
        sessions.snapshot = try source.value("SELECT pg_export_snapshot()")
        let (plan, loads): (Plan, [TableLoad])
        if let earlier {
            plan = try resumed(earlier, media: try media(&source))
            loads = try fitted(plan, &source, &target).loads
        } else {
            (plan, loads) = try await begun(inputs, writes, sessions, &source, &target)
        }
        do {
            try await finish(plan, loads, inputs, sessions, &source, &target)
        } catch {
            halt()
            throw error
        }
        return .done
    }

    /// Tells those who joined to stop as well.
    ///
    /// On a lost connection nobody can be told, and they take over. It is told on a connection of its own: on others, whoever
    /// asked to stop has statements cancelled.
    private func halt() {
        guard var target = try? homeservers.sessions.openTarget() else { return }
        _ = try? Ledger().halt(on: &target)
    }

    /// Becomes the one process that plans, and that does what lies between the stages; until `target` is closed.
    ///
    /// - Returns: whether nobody else is.
    func lead(_ target: inout Connection) throws(PostgresError) -> Bool {
        try target.value("SELECT pg_try_advisory_lock(\(Self.lock))") == "t"
    }

    /// Makes sure that a migration was begun with the same inputs.
    ///
    /// - Throws: ``MigrationError/differs(from:now:)`` if not.
    func expect(_ inputs: Inputs, of earlier: Ledger.Migration) throws {
        guard try earlier.inputs != inputs.text else { return }
        let begun = try Inputs(storedAs: earlier.inputs)
        throw MigrationError.differs(from: begun.differences(from: inputs), now: inputs.differences(from: begun))
    }

    /// The plan of a migration that was begun, with what is read anew each time.
    func resumed(_ earlier: Ledger.Migration, media: MediaInputs?) throws -> Plan {
        var plan = try Plan(storedAs: earlier.plan)
        plan.applicationServiceTokens = homeservers.applicationServiceTokens
        plan.media = media
        plan.searchLimit = settings.searchLimit
        return plan
    }

    private func begun(
        _ inputs: Inputs, _ writes: SourceWrites, _ sessions: Sessions, _ source: inout Connection,
        _ target: inout Connection
    ) async throws -> (Plan, [TableLoad]) {
        var plan = Plan(
            serverName: homeservers.serverName, now: Int64(Date().timeIntervalSince1970 * 1000),
            streamOrdering: StreamOrdering(highestSyncID: 0, highestEventNID: 0), firstFreeStream: 1,
            applicationServiceTokens: homeservers.applicationServiceTokens,
            applicationServices: homeservers.registrations(homeservers.synapse?.applicationServiceFiles ?? []).map(\.id)
        )
        plan.media = try media(&source)
        plan.searchLimit = settings.searchLimit
        plan.keepsStatistics = homeservers.synapse?.keepsStatistics ?? true
        plan.leavesMediaOut = inputs.skipMedia
        let workers = settings.loader.workers
        try Plan.shareProcessors(of: &source, workers: workers)
        async let synced = reading(in: sessions, named: "synced events") {
            try Plan.shareProcessors(of: &$0, workers: workers)
            return (events: try Plan.syncedEvents(in: &$0), streamOrdering: try Plan.streamOrdering(from: &$0))
        }
        let shown: EventSum
        do {
            shown = try plan.decide(from: &source, &target, workers: workers)
        } catch {
            stop.request()
            throw error
        }
        plan.streamOrdering = try await synced.streamOrdering
        plan.syncDiffers = try await synced.events != shown
        if plan.syncDiffers { plan.streamOrdering.firstLateNID = try Plan.firstLateEvent(in: &source) }
        let migration = Ledger.Migration(
            inputs: try inputs.text, plan: try plan.stored, version: Self.version, isFinished: false)
        let fitting = try fitted(plan, &source, &target)
        try Ledger().begin(
            migration, fitting.loads, unwritten: fitting.unwritten, keeping: [Plan.barredTable],
            extra: Plan.barrier + Plan.creatingStagingTables + writes.recording, on: &target)
        return (plan, fitting.loads)
    }

    /// Loads what is left, stage by stage, and closes the ledger; for the process that leads.
    func finish(
        _ plan: Plan, _ loads: [TableLoad], _ inputs: Inputs, _ sessions: Sessions, _ source: inout Connection,
        _ target: inout Connection
    ) async throws {
        let omissions = try await load(plan, loads, sessions, &target) + Ledger().unwritten(on: &target)
        try await expectNoWrites(since: inputs, &target)
        try handStateOver(inputs.text)
        // Gathered tables cannot be dropped while somebody reads them.
        source.rollBack()
        try Ledger().complete(
            [Plan.openingBarrier], dropping: Plan.stagingTables.map(\.name) + [Plan.barrierTable, SourceWrites.table],
            noting: omissions, on: &target)
    }

    /// Loads what is left, stage by stage; for the process that leads.
    ///
    /// - Parameter others: ids of loads that only others can do; where there are any, it ends with the stage they belong to.
    /// - Returns: what is left behind beside what loads have counted, once all is loaded.
    @discardableResult
    func load(
        _ plan: Plan, _ loads: [TableLoad], _ sessions: Sessions, _ target: inout Connection, others: [String] = []
    ) async throws -> [(load: String, what: String, rows: Int)] {
        // No transaction holds a sequence, so they are moved once it is certain where they stood, and before any load.
        if try Ledger().openStage(on: &target) == nil {
            for statement in plan.allocation { try target.execute(statement) }
        }
        let loader = Loader(
            sessions: sessions, settings: loaderSettings(plan), progress: progress, stop: stop, timeline: timeline,
            others: others)
        let (planned, opening) = (plan, sessions)
        let open = try Ledger().openLoads(on: &target)
        async let reading: Void = readTimeline(for: planned, open: open, opening)
        async let omissions = others.isEmpty ? countOmissions(planned, opening) : []
        do {
            try await loader.run(loads)
        } catch {
            // Not only workers may have failed, and nobody needs what is being read any more.
            stop.request()
            throw error
        }
        try await reading
        return try await omissions
    }

    /// Reads what loads of events will wait for, on a thread and a connection of its own; nothing where none is left.
    ///
    /// - Parameter open: ids of the loads that are not done.
    func readTimeline(for plan: Plan, open: [String], _ sessions: Sessions) async throws {
        let open = Set(open)
        guard plan.rooms.loads.contains(where: { open.contains($0.id) }), !plan.eventTimeline.isSettled else { return }
        let (stop, settings) = (stop, settings)
        try await withThread(named: "timeline", isBatch: true) {
            plan.eventTimeline.settle(
                Result {
                    var source = try sessions.openSource()
                    stop.register(source.canceller)
                    defer { source.rollBack() }
                    var timeline = try plan.readTimeline(from: &source)
                    if !settings.phases.isEmpty, !settings.phases.contains(plan.devices.name) {
                        timeline.sendingDevices.takeAllForGone()
                    }
                    return timeline
                })
        }
    }

    /// Reads the source on a thread and a connection of its own, which ``stop`` reaches.
    private func reading<Result: Sendable>(
        in sessions: Sessions, named name: String, _ body: @escaping @Sendable (inout Connection) throws -> Result
    ) async throws -> Result {
        let stop = stop
        return try await withThread(named: name) {
            var source = try sessions.openSource()
            stop.register(source.canceller)
            defer { source.rollBack() }
            return try body(&source)
        }
    }

    /// Nil also where there are none: a server that never saw a file may have no folder for them.
    func media(_ source: inout Connection) throws(PostgresError) -> MediaInputs? {
        guard let inputs = try mediaInputs(&source), inputs.count > 0 else { return nil }
        return inputs
    }

    /// The plan's loads as this target can take them.
    func fitted(_ plan: Plan, _ source: inout Connection, _ target: inout Connection) throws -> CatalogCheck {
        let areas = plan.areas.filter { settings.phases.isEmpty || settings.phases.contains($0.name) }
        let check = try CatalogCheck(
            areas.flatMap(\.loads).map { $0.weighed(by: plan.sourceRows) }, source: &source, target: &target)
        // A question that was cancelled says nothing about the tables.
        if !check.findings.isEmpty, stop.isRequested { throw CancellationError() }
        guard check.findings.isEmpty else { throw MigrationError.doesNotFit(check.findings) }
        return check
    }

    private func countOmissions(
        _ plan: Plan, _ sessions: Sessions
    ) async throws -> [(load: String, what: String, rows: Int)] {
        let areas = plan.areas.filter { settings.phases.isEmpty || settings.phases.contains($0.name) }
        let stop = stop
        return try await reading(in: sessions, named: "omissions") { source in
            var counted: [(load: String, what: String, rows: Int)] = []
            for area in areas {
                for omission in area.omissions {
                    if stop.isRequested { throw CancellationError() }
                    let count = try source.integer(omission.count) ?? 0
                    if count > 0 { counted.append((area.name, omission.what, Int(count))) }
                }
            }
            return counted
        }
    }
}
