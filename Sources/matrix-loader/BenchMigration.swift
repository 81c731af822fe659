// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Loader
import Migration
import Options
import Postgres

/// A migration that is there to be measured: into a throw-away database, from a given or a generated server.
struct BenchMigration {
    let invocation: Invocation
    let shape: GeneratorSettings
    private let stop = StopRequest()

    init(_ invocation: Invocation, shape: GeneratorSettings) {
        self.invocation = invocation
        self.shape = shape
    }

    func run() async throws -> Ending {
        let picture = try BenchPicture(invocation)
        let empty = try emptyTarget()
        let scratch = BenchScratch(beside: empty)
        let interruption = Interruption(
            stop, goingOn: "drop the databases and remove the folders whose names begin with \(scratch.name)")
        let report: BenchReport
        do {
            report = try await measured(scratch, empty)
        } catch {
            scratch.remove()
            if interruption.hasHappened { throw CancellationError() }
            throw error
        }
        scratch.remove()
        return try show(report, picture)
    }

    /// The database that is copied, and not touched otherwise.
    private func emptyTarget() throws -> Conninfo {
        if let text = invocation.string(.synapseDatabase) {
            guard let conninfo = Conninfo(parsing: text) else {
                throw UsageError(
                    "\(invocation.origin(of: .synapseDatabase)) is no connection string of PostgreSQL.",
                    explanation: invocation.explanation)
            }
            return conninfo
        }
        let files = invocation.strings(.synapseConfig)
        guard !files.isEmpty else { throw invocation.lacks("--synapse-config FILE or --synapse-db CONNINFO") }
        let synapse = try SynapseConfiguration(contentsOf: files)
        guard synapse.stateTarget == nil else {
            throw invocation.lacks("--synapse-db CONNINFO of an empty Synapse with all tables in one database")
        }
        return synapse.mainDatabase.conninfo
    }

    private func measured(_ scratch: BenchScratch, _ empty: Conninfo) async throws -> BenchReport {
        var homeservers = invocation.namesDendrite ? try Homeservers(invocation) : try await generated(scratch)
        // The checks of the two configurations are about the migration itself, not about a copy.
        homeservers.synapse = nil
        homeservers.stateTarget = nil
        homeservers.target = try scratch.makeDatabase("target", template: empty)
        if homeservers.mediaPath != nil {
            homeservers.mediaStorePath = try scratch.makeFolder("media", in: invocation.string(.synapseMediaPath))
        }
        if stop.isRequested { throw CancellationError() }
        return try await migrated(homeservers)
    }

    private func generated(_ scratch: BenchScratch) async throws -> Homeservers {
        var shape = shape
        if let name = invocation.string(.serverName) { shape.serverName = name }
        Output.message("Making a Dendrite server of \(Amount.count(shape.events)) events up.\n")
        let source = try scratch.makeDatabase("source", template: nil)
        let folder =
            shape.mediaFiles > 0 ? try scratch.makeFolder("uploads", in: invocation.string(.dendriteMediaPath)) : nil
        _ = try await Homeserver.generate(
            shape, into: source, mediaFolder: folder.map { URL(filePath: $0) },
            isCancelled: { [stop] in stop.isRequested })
        return Homeservers(serverName: shape.serverName, source: source, target: "", mediaPath: folder)
    }

    private func settings() throws(UsageError) -> Migration.Settings {
        var settings = try MigrateCommand(invocation).settings()
        // A row that cannot be loaded is a matter of the migration itself.
        settings.loader.onReject = .skip
        settings.phases = []
        return settings
    }

    private func migrated(_ homeservers: Homeservers) async throws -> BenchReport {
        let (progress, timeline) = (LoadProgress(), Timeline())
        let settings = try settings()
        let migration = Migration(homeservers, settings: settings, progress: progress, stop: stop, timeline: timeline)
        // What is made up nobody runs, but its maker's sessions may not have quite ended.
        let findings = migration.check(serversMayRun: !invocation.namesDendrite).map { finding in
            finding.subject == homeservers.mediaStorePath ? Self.withOwnRemedy(finding) : finding
        }
        if findings.contains(where: { $0.severity == .error }) { throw Obstacles(findings: findings) }
        let events = try countEvents(homeservers.source)
        let display = ProgressDisplay(
            style: .standardError(invocation.string(.progress) ?? "auto"), progress: progress,
            media: settings.mediaProgress)
        let servers = BenchServers(source: homeservers.source, target: homeservers.target)
        let own = BenchProcess()
        let began = ContinuousClock.now
        do {
            try await display.during { try await servers.watch { _ = try await migration.run() } }
        } catch MigrationError.sourceHasMoved(let names) {
            throw BenchError.sourceHasMoved(names)
        }
        let seconds = (.now - began).inSeconds
        guard let status = try MigrationTarget(homeservers.target).status() else { throw MigrationError.unreadablePlan }
        return BenchReport(
            serverName: homeservers.serverName, events: events, seconds: seconds,
            workers: settings.loader.workers, indexJobs: settings.loader.indexJobs,
            processorSeconds: .init(
                loader: own.processorSeconds, source: servers.sourceSeconds, target: servers.targetSeconds),
            peakMemoryBytes: own.peakMemory, areas: status.areas, timeline: timeline.spans)
    }

    /// Of the folder for copies of media, which is another than a migration's.
    private static func withOwnRemedy(_ finding: Finding) -> Finding {
        var finding = finding
        finding.remedy =
            "Make room there, name another place with --synapse-media-path, or leave media out with --skip-media"
        return finding
    }

    private func countEvents(_ conninfo: String) throws -> Int {
        var source = try Connection(conninfo, side: "the source", name: Sessions.name)
        return Int(try source.integer("SELECT count(*) FROM roomserver_events") ?? 0)
    }

    /// The report first: it is what the time was spent on, whatever becomes of the picture.
    private func show(_ report: BenchReport, _ picture: BenchPicture?) throws -> Ending {
        if invocation.has(.json) {
            try Output.result(json: report)
        } else {
            try Output.result(report.text)
        }
        guard let picture else { return .done }
        do {
            try picture.draw(report)
            return .done
        } catch {
            // Not thrown: with --json an error is a document of its own, and there is one already.
            Output.message(
                "matrix-loader: \(picture.path): the picture cannot be drawn there, as \(FileFault(error)); the report is "
                    + "whole.\n")
            return .failed
        }
    }
}
