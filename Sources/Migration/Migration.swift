// SPDX-License-Identifier: Apache-2.0
import Foundation
public import Loader
public import MediaCopier
import Postgres

/// The migration of one homeserver, from the first look at it to the last position.
public struct Migration: Sendable {
    /// What the operator asked for beside the servers themselves.
    public struct Settings: Sendable {
        public var loader = Loader.Settings()
        /// Names of areas; empty for all.
        public var phases: [String] = []
        /// Whether files and rows of media are left out.
        public var skipMedia = false
        public var mediaOptions = CopyOptions()
        /// Counters of the media's files.
        public var mediaProgress = CopyProgress()

        public init() {}
    }

    /// How a run ended.
    public enum Outcome: Sendable {
        case done
        /// An earlier run had done everything.
        case alreadyDone
    }

    public static let version = "0.1.0"
    /// Keeps a second migration of the same target out: "matrix-l" as a number.
    static let lock: Int64 = 0x6D61_7472_6978_2D6C

    let homeservers: Homeservers
    let settings: Settings
    let progress: LoadProgress
    let stop: StopRequest
    let timeline: Timeline

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
        var sessions = Sessions(source: homeservers.source, target: homeservers.target)
        // Both stay open: one holds the snapshot that all workers read, the other the lock.
        var source = try sessions.openSource()
        var target = try sessions.openTarget()
        defer { source.rollBack() }
        // Planning may take its time, too.
        stop.register(source.canceller)
        stop.register(target.canceller)
        guard try target.value("SELECT pg_try_advisory_lock(\(Self.lock))") == "t" else {
            throw MigrationError.isRunning
        }
        sessions.snapshot = try source.value("SELECT pg_export_snapshot()")
        let inputs = try Inputs(homeservers, settings, &source).text
        let ledger = Ledger()
        var plan: Plan
        if let earlier = try ledger.migration(on: &target) {
            if earlier.isFinished { return .alreadyDone }
            guard earlier.inputs == inputs else { throw MigrationError.differs(from: earlier.inputs, now: inputs) }
            plan = try Plan(storedAs: earlier.plan)
            plan.applicationServiceTokens = newPlan.applicationServiceTokens
            plan.media = try media(&source)
        } else {
            plan = newPlan
            plan.media = try media(&source)
            try plan.decide(from: &source, &target, workers: settings.loader.workers)
            let loads = try fitted(plan, &source, &target)
            let migration = Ledger.Migration(
                inputs: inputs, plan: try plan.stored, version: Self.version, isFinished: false)
            try ledger.begin(migration, loads, extra: Plan.stagingTables + plan.allocation, on: &target)
        }
        let loader = Loader(
            sessions: sessions, settings: loaderSettings(plan), progress: progress, stop: stop, timeline: timeline)
        let (loads, planned, opening) = (try fitted(plan, &source, &target), plan, sessions)
        async let reading: Void = readTimeline(for: planned, opening)
        try await loader.run(loads)
        try await reading
        try ledger.complete(
            dropping: Plan.stagingTableNames, noting: try countOmissions(plan, &source), on: &target)
        return .done
    }

    /// Reads what loads of events will wait for, on a thread and a connection of its own.
    private func readTimeline(for plan: Plan, _ sessions: Sessions) async throws {
        guard settings.phases.isEmpty || settings.phases.contains(plan.rooms.name) else { return }
        let stop = stop
        try await withThread(named: "timeline") {
            plan.eventTimeline.settle(
                Result {
                    var source = try sessions.openSource()
                    stop.register(source.canceller)
                    defer { source.rollBack() }
                    return try plan.readTimeline(from: &source)
                })
        }
    }

    /// Nil also where there are none: a server that never saw a file may have no folder for them.
    private func media(_ source: inout Connection) throws(PostgresError) -> MediaInputs? {
        guard let inputs = try mediaInputs(&source), inputs.count > 0 else { return nil }
        return inputs
    }

    private var newPlan: Plan {
        Plan(
            serverName: homeservers.serverName, now: Int64(Date().timeIntervalSince1970 * 1000),
            streamOrdering: StreamOrdering(highestSyncID: 0, highestEventNID: 0), firstFreeStream: 1,
            applicationServiceTokens: homeservers.registrations(
                (homeservers.dendrite?.applicationServiceFiles ?? [])
                    + (homeservers.synapse?.applicationServiceFiles ?? [])
            ).map(\.accessToken),
            applicationServices: homeservers.registrations(homeservers.synapse?.applicationServiceFiles ?? []).map(\.id)
        )
    }

    /// The plan's loads as this target can take them.
    private func fitted(_ plan: Plan, _ source: inout Connection, _ target: inout Connection) throws -> [TableLoad] {
        let areas = plan.areas.filter { settings.phases.isEmpty || settings.phases.contains($0.name) }
        let check = try CatalogCheck(
            areas.flatMap(\.loads).map { $0.weighed(by: plan.sourceRows) }, source: &source, target: &target)
        let errors = check.findings.filter { $0.severity == .error }
        guard errors.isEmpty else { throw MigrationError.doesNotFit(errors) }
        return check.loads
    }

    private func countOmissions(
        _ plan: Plan, _ source: inout Connection
    ) throws(PostgresError) -> [(load: String, what: String, rows: Int)] {
        var counted: [(load: String, what: String, rows: Int)] = []
        for area in plan.areas where settings.phases.isEmpty || settings.phases.contains(area.name) {
            for omission in area.omissions {
                let count = try source.integer(omission.count) ?? 0
                if count > 0 { counted.append((area.name, omission.what, Int(count))) }
            }
        }
        return counted
    }
}
