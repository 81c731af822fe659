// SPDX-License-Identifier: Apache-2.0
import Postgres

/// What index jobs do to tables once they are filled.
extension Loader {
    private enum FinishingStep: Hashable {
        /// Has PostgreSQL look at a table's values.
        case analyze(String)
        /// Checks a table's foreign keys, by one job, as PostgreSQL checks one of them at a time.
        case validate([DeferredIndex])
    }

    /// Puts back what is still away of some kinds, one kind after the other.
    func restore(_ kinds: [DeferredIndex.Kind]) async throws {
        try await withThread(named: "constraints") {
            var target = try openForMaintenance()
            let left = try DeferredIndexes().away(on: &target)
            for kind in kinds {
                for item in left where item.kind == kind { try target.restore(item, job: 1, of: self) }
            }
        }
    }

    /// Puts back foreign keys and triggers, and analyses what was filled.
    func finishTables(_ loads: [TableLoad]) async throws {
        Failpoint.reach(.beforeForeignKeys)
        try await restore([.foreignKey, .trigger])
        let queue = JobQueue<FinishingStep>()
        queue.add(try await finishingSteps(after: loads))
        queue.close()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for job in 1...max(settings.indexJobs, 1) {
                group.addTask { try await withThread(named: "finish \(job)") { try finish(from: queue, job: job) } }
            }
            try await waitForAll(of: &group)
        }
    }

    /// The largest tables first, so that the jobs end together; foreign keys last, as PostgreSQL chooses by what it knows
    /// of tables how to check them.
    private func finishingSteps(after loads: [TableLoad]) async throws -> [FinishingStep] {
        var weights: [String: Int] = [:]
        for load in loads where load.stage == .copy {
            for table in load.tables { weights[table, default: 0] += load.weight }
        }
        func isLarger(_ one: String, _ other: String) -> Bool {
            (weights[one] ?? 0, other) > (weights[other] ?? 0, one)
        }
        let away = try await withThread(named: "validations") {
            var target = try sessions.openTarget()
            return try DeferredIndexes().away(on: &target)
        }
        let validations = Dictionary(grouping: away.filter { $0.kind == .validation }, by: \.table)
        return weights.keys.sorted(by: isLarger).map(FinishingStep.analyze)
            + validations.sorted { isLarger($0.key, $1.key) }.map { .validate($0.value) }
    }

    private func finish(from queue: JobQueue<FinishingStep>, job: Int) throws {
        var target = try openForMaintenance()
        while let step = queue.next() {
            switch step {
            case .analyze(let table):
                Failpoint.reach(.beforeAnalyze)
                try target.maintain("ANALYZE \(table)", span: "ANALYZE", job: job, of: self) { target in
                    _ = try target.execute("ANALYZE \(identifier: table)")
                }
            case .validate(let items):
                for item in items { try target.restore(item, job: job, of: self) }
            }
        }
    }
}

extension Connection {
    mutating func restore(_ item: DeferredIndex, job: Int, of loader: Loader) throws {
        try maintain("\(item.kind.rawValue) \(item.name)", span: item.name, job: job, of: loader) { target in
            try DeferredIndexes().restore(item, on: &target)
        }
    }

    /// Does a step that takes long, and says so while it lasts.
    ///
    /// - Parameter span: what ``Timeline`` calls it.
    /// - Throws: ``CancellationError`` if somebody asked to stop.
    fileprivate mutating func maintain(
        _ step: String, span: String, job: Int, of loader: Loader, _ body: (inout Connection) throws -> Void
    ) throws {
        if loader.stop.isRequested { throw CancellationError() }
        loader.progress.began(step)
        defer { loader.progress.ended(step) }
        let began = ContinuousClock.now
        do {
            try execute(Sessions.name(step))
            try body(&self)
        } catch  where loader.stop.isRequested {
            throw CancellationError()
        }
        loader.timeline.add(row: "index \(job)", step: span, from: began)
    }
}
