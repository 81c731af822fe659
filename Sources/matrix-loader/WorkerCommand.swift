// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import MediaCopier
import Migration
import Options

/// `matrix-loader worker --join`: one more process, here or on another host, on a migration that is under way.
struct WorkerCommand: RunnableCommand {
    static let join = Option(
        "join", environment: "MATRIX_LOADER_JOIN", group: "Extent",
        help: "Join the migration that is under way in Synapse's database.")
    static let media = Option(
        "media", environment: "MATRIX_LOADER_MEDIA", group: "Extent",
        help: "Copy files of media too, if nobody else does: only where both folders are those of the servers, at "
            + "the paths that the configuration files name.")

    static let command = Command(
        "worker",
        summary: "join a migration that is under way, from this host or another",
        discussion: [
            "Takes loads of a migration that 'migrate' has begun, and rebuilds indexes, beside it, until all is "
                + "done. It needs the same configuration files, registration files of bridges included, and to reach "
                + "both databases. What was asked for, such as --phase, it reads from Synapse's database.",
            "Any of the processes may be killed: what it had in hand is taken over by the others. If it was "
                + "'migrate' itself, a worker takes its place; when all is done, run 'migrate' once more where it "
                + "was begun: it hands the signing key over and prints the summary. If 'migrate' was stopped on "
                + "purpose, workers stop as well.",
            "Files of media are copied by 'migrate' alone, as another host may have another folder under the same "
                + "name; see --media.",
        ],
        options: Option.homeservers + [join, media, .link] + Option.media
            + [.workers, .indexJobs, .onBadRow, .json, .progress],
        examples: [
            Example(
                "Help from another host",
                "matrix-loader worker --join --dendrite-config dendrite.yaml --synapse-config homeserver.yaml")
        ],
        exitCodes: [Ending.done, .failed, .database, .media, .checkErrors, .usage, .interrupted].map(\.exitCode)
    )

    private struct Report: Codable {
        var outcome: String
        var loads: Int
        var rows: Int
        var bytes: Int
        var seconds: Double
    }

    let invocation: Invocation
    private let began = ContinuousClock.now
    private let progress = LoadProgress()
    private let mediaProgress = CopyProgress()
    private let stop = StopRequest()
    private let timeline = Timeline()

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() async throws -> Ending {
        guard invocation.has(Self.join) else { throw invocation.lacks("--join: a worker cannot begin a migration") }
        let homeservers = try Homeservers(invocation)
        try homeservers.expectOneName()
        var settings = Migration.Settings()
        settings.loader = invocation.loaderSettings
        settings.mediaOptions = try invocation.mediaOptions(to: homeservers.mediaStorePath)
        settings.mediaProgress = mediaProgress
        let migration = Migration(
            homeservers, settings: settings, progress: progress, stop: stop, timeline: timeline)
        let interruption = Interruption(stop, goingOn: "the others go on")
        let display = ProgressDisplay(
            style: .standardError(invocation.string(.progress) ?? "auto"), progress: progress, media: mediaProgress,
            doneBefore: try MigrationTarget(homeservers.target).doneWeight())
        do {
            let ending = try await display.during {
                try await migration.join(seeingMedia: invocation.has(Self.media))
            }
            try print(ending)
            return .done
        } catch  where interruption.hasHappened {
            throw CancellationError()
        }
    }

    private func print(_ ending: Migration.Joining) throws {
        let loads = timeline.spans.filter { $0.row.contains("worker") }.count
        let counted = progress.snapshot
        let report = Report(
            outcome: ending == .tookOver ? "took over" : "done", loads: loads, rows: counted.rows,
            bytes: counted.bytes, seconds: (.now - began).inSeconds)
        if invocation.has(.json) { return try Output.result(json: report) }
        var text = "All is loaded; of it, \(Amount.count(loads)) loads with \(Amount.count(counted.rows)) rows by this "
        text += "process in \(Amount.time(report.seconds)).\n"
        if ending == .tookOver {
            text += "The process that began the migration is gone, and this one did the last of it. "
        }
        text += "The signing key and the summary are migrate's: "
        text += ending == .tookOver ? "run it once more where it was begun.\n" : "see there.\n"
        try Output.result(text)
    }
}
