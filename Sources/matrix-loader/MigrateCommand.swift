// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import MediaCopier
import Migration
import Options

/// `matrix-loader migrate`: checks, loads, hands over the signing key, and reports.
struct MigrateCommand: RunnableCommand {
    static let command = Command(
        "migrate",
        summary: "load a Dendrite homeserver into Synapse's database",
        discussion: [
            "Both servers must be stopped. Dendrite's database is only read. Synapse's must be empty, as "
                + "update_synapse_database makes it. All checks run first; if one finds an error, nothing is "
                + "written.",
            "Whatever happens, the same command goes on where it stopped: after Ctrl-C, a crash, or a restart of "
                + "PostgreSQL. Once all is done it says so and changes nothing. 'abort' gives a migration up.",
            "At the end Dendrite's signing key is the file at signing_key_path; the key that was there is kept "
                + "beside it. Standard output is the summary and, below it, what homeserver.yaml still needs.",
        ],
        options: Option.homeservers + [
            .workers, .indexJobs, .deferFrom, .phases, .dryRun, .skipMedia, .link, .onBadRow, .rejects, .json,
            .progress,
        ] + Option.media,
        examples: [
            Example(
                "Migrate",
                "matrix-loader migrate --dendrite-config dendrite.yaml --synapse-config homeserver.yaml"),
            Example(
                "See beforehand, on a copy, what will happen and how long it takes",
                "matrix-loader migrate --dry-run --dendrite-config dendrite.yaml --synapse-config homeserver.yaml"),
        ],
        exitCodes: [Ending.done, .failed, .doneWithRejectedRows, .database, .media, .checkErrors, .usage, .interrupted]
            .map(\.exitCode)
    )

    let invocation: Invocation
    private let began = ContinuousClock.now
    private let progress = LoadProgress()
    private let mediaProgress = CopyProgress()
    private let stop = StopRequest()
    private let timeline = Timeline()

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() async throws -> Ending {
        _ = try settings()
        let rejects = try RejectsFile(invocation)
        let homeservers = try Homeservers(invocation)
        // Read before anything is written: a file that is missing must not be news at the end.
        let configuration = Result { () throws(ConfigurationError) in
            try homeservers.dendrite.map { dendrite throws(ConfigurationError) in
                try SynapseSettings(dendrite, homeservers.synapse)
            }
        }
        let target = MigrationTarget(homeservers.target, state: homeservers.stateTarget)
        let interruption = Interruption(stop)
        do {
            // Where the target does not answer, the checks say so together with all else.
            let status = try? target.status()
            if status?.isGivenUp == true { throw MigrationError.isGivenUp }
            if status?.isDryRun == true { throw MigrationError.isDryRun }
            try refuse(another: status, than: homeservers)
            if status?.state == .finished {
                try homeservers.expectOneName()
            } else {
                var unreadable: [Finding] = []
                if case .failure(let error) = configuration { unreadable.append(Finding(error)) }
                try await load(homeservers, target, isBegun: status != nil, unreadable)
            }
            return try report(
                homeservers, target, try configuration.get()?.text ?? "", rejects, isNew: status?.state != .finished)
        } catch  where interruption.hasHappened {
            throw CancellationError()
        }
    }

    /// A finished migration of something else is not this one's end; one that is not finished is judged where it goes
    /// on.
    private func refuse(another status: MigrationStatus?, than homeservers: Homeservers) throws {
        guard let status, status.state == .finished else { return }
        func request(_ server: String, _ phases: [String], _ skipMedia: Bool) -> String {
            let areas = phases.isEmpty ? "all areas" : phases.sorted().joined(separator: " and ")
            return "\(server), \(areas)\(skipMedia ? ", without media" : "")"
        }
        let settings = try settings()
        let skipMedia = settings.skipMedia || homeservers.mediaPath == nil || homeservers.mediaStorePath == nil
        let earlier = request(status.server, status.phases, status.skipMedia)
        let now = request(homeservers.serverName, settings.phases, skipMedia)
        guard earlier == now else { throw MigrationError.differs(from: earlier, now: now) }
    }

    /// What the command line says of how to migrate.
    ///
    /// - Throws: ``UsageError`` if a value makes no sense.
    func settings() throws(UsageError) -> Migration.Settings {
        var settings = Migration.Settings()
        settings.loader = invocation.loaderSettings
        settings.phases = invocation.strings(.phases)
        settings.skipMedia = invocation.has(.skipMedia)
        settings.mediaOptions = try invocation.mediaOptions()
        settings.mediaProgress = mediaProgress
        return settings
    }

    private var isDryRun: Bool { invocation.has(.dryRun) }

    /// Checks both servers, and migrates if nothing is in the way.
    ///
    /// - Parameter unreadable: what was found before the checks.
    private func load(
        _ homeservers: Homeservers, _ target: MigrationTarget, isBegun: Bool, _ unreadable: [Finding]
    ) async throws {
        if isDryRun, isBegun { throw MigrationError.isBegun }
        var settings = try settings()
        settings.mediaOptions = try invocation.mediaOptions(to: homeservers.mediaStorePath)
        let migration = Migration(
            homeservers, settings: settings, progress: progress, stop: stop, timeline: timeline)
        let findings = migration.check() + homeservers.signingKeyFindings + unreadable
        if findings.contains(where: { $0.severity == .error }) { throw Obstacles(findings: findings) }
        Output.message(findings.text)
        if stop.isRequested { throw CancellationError() }
        let display = ProgressDisplay(
            style: .standardError(invocation.string(.progress) ?? "auto"), progress: progress, media: mediaProgress,
            doneBefore: try target.doneWeight())
        do {
            _ = try await display.during { try await migration.run() }
        } catch {
            if isDryRun { undo(target, after: error) }
            throw error
        }
    }

    /// Undoes what a dry run that failed has done, and nothing of anybody else's, who may have been faster.
    private func undo(_ target: MigrationTarget, after error: any Error) {
        switch error {
        // It has begun nothing.
        case MigrationError.isRunning, MigrationError.differs, MigrationError.isGivenUp: return
        default: break
        }
        var isBegun = false
        do {
            let status = try target.status()
            isBegun = status != nil
            // Where there is no ledger, there may be copies of Dendrite's tables.
            guard status?.isDryRun != false else { return }
            _ = try target.abort()
        } catch MigrationError.isRunning where !isBegun {
            // Somebody else was faster, and what there is is theirs.
        } catch {
            Output.message("matrix-loader: \(DryRunLeft(reason: error))\n")
        }
    }

    private func undo(_ target: MigrationTarget) throws(DryRunLeft) {
        do {
            _ = try target.abort()
        } catch {
            throw DryRunLeft(reason: error)
        }
    }

    private func report(
        _ homeservers: Homeservers, _ target: MigrationTarget, _ configuration: String, _ rejects: RejectsFile,
        isNew: Bool
    ) throws -> Ending {
        guard let status = try target.status() else { throw MigrationError.unreadablePlan }
        let rejected = try target.rejectedRows()
        // What somebody else has done in earnest meanwhile is not undone.
        let isUndone = isDryRun && status.isDryRun
        // Once, as Synapse's key may be changed later; by the next run where a worker did the last of it, or who ran before
        // had not said which files they are.
        let handsOver =
            try !isDryRun && settings().phases.isEmpty && !status.isHandedOver && homeservers.dendrite != nil
            && homeservers.synapse != nil
        var report = MigrationReport(
            outcome: isUndone ? .dryRun : isNew || handsOver ? .done : .alreadyDone,
            serverName: homeservers.serverName,
            phases: try settings().phases, areas: status.areas, tables: try target.tables(),
            leftBehind: status.leftBehind,
            rejected: rejected.count,
            indexSeconds: timeline.spans.filter { $0.row.hasPrefix("index") }.reduce(0) { $0 + $1.end - $1.start },
            wallSeconds: isNew ? (.now - began).inSeconds : status.times.seconds, homeserverYaml: configuration)
        if isUndone { try undo(target) }
        // From the ledger, which knows those of earlier runs too.
        if !rejected.isEmpty { report.rejectsFile = try rejects.write(rejected) }
        if !isDryRun, let copied = mediaProgress.engine { report.media = .init(copied) }
        if handsOver {
            report.signingKey = try installKey(homeservers)
            try target.handOver()
        }
        if invocation.has(.json) {
            try Output.result(json: report)
        } else {
            try Output.result(report.text)
        }
        return report.ending
    }

    /// Dendrite's key becomes Synapse's, where both configurations say which files they are.
    ///
    /// - Throws: ``KeyNotInPlace``.
    private func installKey(_ homeservers: Homeservers) throws -> MigrationReport.Key? {
        guard let dendrite = homeservers.dendrite, let synapse = homeservers.synapse else { return nil }
        do throws(ConfigurationError) {
            let key = try SigningKey(contentsOf: dendrite.signingKeyPath)
            var entry = MigrationReport.Key(id: key.description, file: synapse.signingKeyPath)
            if case .written(let kept) = try SigningKeyFile(synapse.signingKeyPath).install(key) { entry.kept = kept }
            return entry
        } catch {
            throw KeyNotInPlace(error: error)
        }
    }
}
