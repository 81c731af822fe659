// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Runs loads on worker threads, heaviest first, stage after stage.
///
/// What is done stands in the ``Ledger``; running the same loads again does what is left.
public struct Loader: Sendable {
    /// How it runs.
    public struct Settings: Sendable {
        /// Threads that load, each with a connection to either side.
        public var workers = 2
        /// Threads that rebuild indexes beside them.
        public var indexJobs = 2
        /// What becomes of a load when one of its rows cannot be loaded.
        public var onReject = RowSink.OnReject.stop
        /// Bytes that a worker gathers, over all tables, before it sends them.
        var batchBytes = 16 << 20
        /// Rows from which a table's indexes are set aside while it is filled.
        public var deferralThreshold = 50_000
        /// PostgreSQL's `maintenance_work_mem` for each index job, in MB.
        var maintenanceWorkMemory = 256
        /// What stands before the names of workers, where there are other processes: host and process, and a space.
        public var origin = ""

        /// The defaults: each setting says its own.
        public init() {}
    }

    let sessions: Sessions
    let settings: Settings
    let progress: LoadProgress
    let stop: StopRequest
    let timeline: Timeline
    let turns: TableTurns
    /// Ids of loads that only other processes can do.
    let others: [String]

    /// A loader of whatever the ledger on the target says; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - sessions: how workers connect.
    ///   - settings: how many there are, and what they do with rejected rows.
    ///   - progress: is told what is sent.
    ///   - stop: ends the run early, with ``CancellationError``.
    ///   - timeline: is told which worker did what when.
    ///   - others: ids of loads that only other processes can do, as they alone see the files of media.
    public init(
        sessions: Sessions, settings: Settings = Settings(), progress: LoadProgress, stop: StopRequest = StopRequest(),
        timeline: Timeline = Timeline(), others: [String] = []
    ) {
        self.sessions = sessions
        self.settings = settings
        self.progress = progress
        self.stop = stop
        self.timeline = timeline
        self.others = others
        turns = TableTurns(workers: settings.workers)
    }

    /// Does what the ledger says is left of the loads, and what lies between the stages.
    ///
    /// Where loads of a stage are left that only others can do, it ends after that stage's other loads.
    /// - Throws: ``RejectedRow`` at the first row that cannot be loaded if the operator chose so; ``PostgresError``;
    ///   ``CancellationError`` if somebody asked to stop. What was committed stands; the same call goes on from there.
    public func run(_ loads: [TableLoad]) async throws {
        try await setAside(loads)
        for stage in TableLoad.Stage.allCases {
            if stage == .settle { Failpoint.reach(.beforeSettling) }
            try await open(stage)
            // Positions follow from all else, so there is no hurry, and one after the other is easier to read.
            try await run(stage, loads, workers: stage == .settle ? 1 : settings.workers)
            if !others.isEmpty, try await isOpen(stage) { return }
            if stage == .copy { try await restore([.index, .constraint]) }
            if stage == .mend { try await finishTables(loads) }
        }
    }

    /// Does what is left of the loads of a stage that another process has opened, and rebuilds indexes; what lies
    /// between the stages is the other's.
    ///
    /// It returns once all loads of the stage are done, by whomever, but for those that only others can do.
    /// - Throws: as ``run(_:)``.
    public func join(_ loads: [TableLoad], in stage: TableLoad.Stage) async throws {
        // One process sets positions.
        guard stage != .settle else { return }
        try await run(stage, loads, workers: settings.workers)
    }

    private func run(_ stage: TableLoad.Stage, _ loads: [TableLoad], workers: Int) async throws {
        guard stage == .copy else { return try await runJobs(stage, loads, workers: workers) }
        let pulse = WALWriterPulse(sessions, stop: stop)
        do {
            try await runJobs(stage, loads, workers: workers)
        } catch {
            await pulse.end()
            throw error
        }
        await pulse.end()
    }

    private func runJobs(_ stage: TableLoad.Stage, _ loads: [TableLoad], workers: Int) async throws {
        let byID = Dictionary(loads.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let queue = JobQueue<DeferredIndex>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            if stage == .copy { addIndexJobs(to: &group, queue) }
            // More of them than loads would only wait.
            let count = min(workers, loads.count { $0.stage == stage })
            group.addTask { try await runWorkers(count, stage, byID, queue) }
            try await waitForAll(of: &group) { queue.close() }
        }
    }

    /// Waits until all of a group have ended; where one fails, the others stop because of it.
    ///
    /// - Parameter failed: what to do besides asking them to stop.
    /// - Throws: what the first of them threw, which is the one to report.
    func waitForAll(
        of group: inout ThrowingTaskGroup<Void, any Error>, failed: () -> Void = {}
    ) async throws {
        var failure: (any Error)?
        while let result = await group.nextResult() {
            guard case .failure(let error) = result else { continue }
            if failure == nil || failure is CancellationError { failure = error }
            stop.request()
            failed()
        }
        if let failure { throw failure }
    }

    private func open(_ stage: TableLoad.Stage) async throws {
        try await withThread(named: "stage") {
            var target = try sessions.openTarget()
            try Ledger().open(stage, on: &target)
        }
    }

    private func isOpen(_ stage: TableLoad.Stage) async throws -> Bool {
        try await withThread(named: "stage") {
            var target = try sessions.openTarget()
            return try Ledger().isOpen(stage, on: &target)
        }
    }

    private func runWorkers(
        _ count: Int, _ stage: TableLoad.Stage, _ loads: [String: TableLoad], _ queue: JobQueue<DeferredIndex>
    ) async throws {
        defer { queue.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...max(count, 1) {
                group.addTask {
                    try await withThread(named: "worker \(number)", isBatch: true) {
                        var worker = try Worker(number: number, loader: self)
                        try worker.run(stage, loads, queue)
                    }
                }
            }
            try await waitForAll(of: &group)
        }
    }

    private func addIndexJobs(to group: inout ThrowingTaskGroup<Void, any Error>, _ queue: JobQueue<DeferredIndex>) {
        for number in 1...max(settings.indexJobs, 1) {
            group.addTask {
                try await withThread(named: "index job \(number)") { try rebuild(from: queue, job: number) }
            }
        }
    }

    private func rebuild(from queue: JobQueue<DeferredIndex>, job: Int) throws {
        var target: Connection? = nil
        while let item = queue.next() {
            if target == nil { target = try openForMaintenance() }
            try target?.restore(item, job: job, of: self)
        }
    }

    func openForMaintenance() throws(PostgresError) -> Connection {
        var target = try sessions.openTarget()
        try target.execute(
            """
            SET maintenance_work_mem = \(raw: "'\(settings.maintenanceWorkMemory)MB'");
            SET max_parallel_maintenance_workers = 0
            """)
        stop.register(target.canceller)
        return target
    }

    /// Sets foreign keys, triggers and the indexes of big tables aside, unless an earlier run did.
    private func setAside(_ loads: [TableLoad]) async throws {
        var rows: [String: Int] = [:]
        for load in loads where load.stage == .copy {
            for table in load.tables { rows[table, default: 0] += load.weight }
        }
        let all = rows.keys.sorted()
        let big = rows.filter { $0.value >= settings.deferralThreshold }.map(\.key).sorted()
        try await withThread(named: "set aside") {
            var target = try sessions.openTarget()
            progress.expect(try Ledger().weight(on: &target))
            progress.stands(at: try Ledger().doneWeight(on: &target))
            let untouched =
                try target.value("SELECT 1 FROM matrix_loader.load WHERE finished_at IS NOT NULL LIMIT 1") == nil
            let recorded = try target.value("SELECT 1 FROM matrix_loader.set_aside LIMIT 1") != nil
            guard untouched, !recorded else { return }
            stop.register(target.canceller)
            if stop.isRequested { throw CancellationError() }
            do {
                try DeferredIndexes().setAside(all, indexesOf: big, on: &target)
            } catch  where stop.isRequested {
                throw CancellationError()
            }
            Failpoint.reach(.setAside)
        }
    }
}
