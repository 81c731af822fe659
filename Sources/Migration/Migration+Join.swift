// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Postgres

extension Migration {
    /// How a process that joined has ended.
    public enum Joining: Sendable {
        /// All is done; another process did the last of it.
        case done
        /// All is done; the process that led is gone, and this one has done the last of it.
        case tookOver
    }

    /// Loads what is left of a migration that another process has begun, beside it, until all is done.
    ///
    /// What was asked for stands in the ledger, so `phases` and `skipMedia` of the settings mean nothing here. Whoever
    /// leads does what lies between the stages; should it die, one of those who joined takes its place. Files of media
    /// are left to others unless this process is told that it sees both folders: on another host a folder may be there
    /// and be another one.
    ///
    /// - Parameter seesMedia: whether files of media may be copied here.
    /// - Throws: ``MigrationError`` if there is nothing to join, if what this process sees of the source differs from what
    ///   the migration began with, if whoever led has stopped on purpose, or if only media are left; ``PostgresError``;
    ///   ``RejectedRow``; ``CancellationError``. The others go on.
    public func join(seeingMedia seesMedia: Bool = false) async throws -> Joining {
        do {
            return try await help(seeingMedia: seesMedia)
        } catch {
            throw stop.meaning(of: error)
        }
    }

    private func help(seeingMedia seesMedia: Bool) async throws -> Joining {
        var sessions = homeservers.sessions
        var target = try sessions.openTarget()
        stop.register(target.canceller)
        guard try target.value("SELECT pg_try_advisory_lock_shared(\(Self.workerLock))") == "t",
            let begun = try Ledger().migration(on: &target)
        else { throw MigrationError.nothingToJoin }
        if begun.isGivenUp { throw MigrationError.isGivenUp }
        if begun.isFinished { return .done }
        let asked = try Inputs(storedAs: begun.inputs)
        guard !asked.isDryRun else { throw MigrationError.isDryRun }
        var inputs = try Inputs(homeservers, settings)
        (inputs.phases, inputs.skipMedia, inputs.isDryRun) = (asked.phases, asked.skipMedia, asked.isDryRun)
        try expect(inputs, of: begun)
        try SourceWrites(homeservers).expectNone(since: try SourceWrites(recordedOn: &target))
        var source = try sessions.openSource()
        defer { source.rollBack() }
        stop.register(source.canceller)
        sessions.snapshot = try source.value("SELECT pg_export_snapshot()")
        var joined = self
        joined.settings.phases = asked.phases
        joined.settings.skipMedia = asked.skipMedia || !seesMedia
        joined.settings.loader.origin =
            "\(ProcessInfo.processInfo.hostName):\(ProcessInfo.processInfo.processIdentifier) "
        let plan = try resumed(begun, media: try joined.media(&source))
        return try await joined.work(plan, inputs, sessions, &source, &target)
    }

    /// Takes loads of whatever stage is open, and leads if nobody does.
    private func work(
        _ plan: Plan, _ inputs: Inputs, _ sessions: Sessions, _ source: inout Connection, _ target: inout Connection
    ) async throws -> Joining {
        let ledger = Ledger()
        let loads = try fitted(plan, &source, &target).loads
        progress.expect(try ledger.weight(on: &target))
        progress.stands(at: try ledger.doneWeight(on: &target))
        while true {
            if stop.isRequested { throw CancellationError() }
            guard let now = try ledger.migration(on: &target) else { throw MigrationError.nothingToJoin }
            if now.isGivenUp { throw MigrationError.isGivenUp }
            if now.isFinished { return .done }
            let open = try ledger.openLoads(on: &target)
            let others = open.filter { id in !loads.contains { $0.id == id } }
            if try lead(&target) {
                if try ledger.isHalted(on: &target) { throw MigrationError.wasHalted }
                // Between the last look and the lock, whoever led may have come to the end.
                if try ledger.migration(on: &target)?.isFinished == true { return .done }
                if others.isEmpty {
                    try await finish(plan, loads, inputs, sessions, &source, &target)
                    return .tookOver
                }
                try await load(plan, loads, sessions, &target, others: others)
                // In this order, as somebody may end them in between.
                if try !ledger.areTaken(others, on: &target),
                    try ledger.openLoads(on: &target).contains(where: others.contains)
                {
                    throw MigrationError.mediaAreLeft
                }
                // Somebody who sees both folders is at them, and may lead then.
                try target.execute("SELECT pg_advisory_unlock(\(Self.lock))")
                try await Task.sleep(for: .seconds(1))
                continue
            }
            let stage = try ledger.openStage(on: &target)
            if let stage, loads.contains(where: { $0.stage == stage && open.contains($0.id) }),
                try !ledger.isHalted(on: &target), stage != .settle
            {
                let loader = Loader(
                    sessions: sessions, settings: loaderSettings(plan), progress: progress, stop: stop,
                    timeline: timeline, others: others)
                let opening = sessions
                async let reading: Void = readTimeline(for: plan, open: open, opening)
                try await loader.join(loads, in: stage)
                try await reading
            } else {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}
