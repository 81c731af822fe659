// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import MediaCopier
import Migration
import Options

/// `matrix-loader media`: copies files of media and nothing else.
struct MediaCommand: RunnableCommand {
    static let command = Command(
        "media",
        summary: "copy the files of media, and nothing else",
        discussion: [
            "'migrate' does it too; this is for the days before, while Dendrite still runs, so that little is left "
                + "for the migration. Files that are there already and right are not copied again. Synapse's "
                + "database is not touched.",
            "Each file is hashed on its way and compared with the name that Dendrite gave it. Media that cannot be "
                + "carried, and files in the store that belong to no medium, are named in the rejects file. Symbolic "
                + "links are not followed.",
            "With --synapse-media-path twice, every file of the first folder goes to the same path in the second: "
                + "one Synapse's media to another's.",
        ],
        options: Option.homeservers.filter { $0 != .synapseMediaPath } + [.synapseMediaPaths]
            + [.mediaDryRun, .link, .rejects, .json, .progress] + Option.media,
        examples: [
            Example(
                "Copy most of it beforehand",
                "matrix-loader media --dendrite-config dendrite.yaml --synapse-config homeserver.yaml"),
            Example(
                "Leave the disk to others by day",
                "matrix-loader media --bwlimit 20M --dendrite-config dendrite.yaml --synapse-config homeserver.yaml"),
            Example(
                "Take the files of one Synapse to another",
                "matrix-loader media --synapse-media-path /srv/old/media_store --synapse-media-path /srv/new/media_store"
            ),
        ],
        exitCodes: [Ending.done, .failed, .doneWithRejectedRows, .database, .media, .checkErrors, .usage, .interrupted]
            .map(\.exitCode)
    )

    private struct Report: Codable {
        var media: Int
        /// Those that are at the target; not known before the files are.
        var thumbnails: Int?
        var filesCopied: Int
        var bytesCopied: Int64
        var filesAlreadyThere: Int
        var filesToCopy: Int
        var bytesToCopy: Int64
        var engine: String?
        var notes: [String]
        var leftBehind: [LeftBehind]
        var faults: Int
        /// What the store holds besides media.
        var strays: Int
        var rejectsFile: String?
        var seconds: Double
    }

    let invocation: Invocation
    private let began = ContinuousClock.now

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() async throws -> Ending {
        let options = try invocation.mediaOptions()
        _ = try rejects
        let paths = invocation.strings(.synapseMediaPaths)
        if paths.count > 1 { return try await MediaTreeCommand(invocation, paths, options).run() }
        let stop = StopRequest()
        let copying = CopyProgress()
        var settings = Migration.Settings()
        let homeservers = try Homeservers(invocation, needsTarget: false)
        try homeservers.expectOneName()
        settings.mediaOptions = try invocation.mediaOptions(to: homeservers.mediaStorePath)
        let migration = Migration(homeservers, settings: settings, stop: stop)
        let findings = try migration.checkMedia()
        if findings.contains(where: { $0.severity == .error }) { throw Obstacles(findings: findings) }
        let interruption = Interruption(stop)
        let display = ProgressDisplay(
            style: .standardError(invocation.string(.progress) ?? "auto"), media: copying)
        do {
            let made = try await display.during {
                try await withThread(named: "media") { try migration.copyMedia(progress: copying) }
            }
            return try print(made)
        } catch  where interruption.hasHappened {
            throw CancellationError()
        }
    }

    private var isDryRun: Bool { invocation.has(.mediaDryRun) }

    /// nil for a dry run, which writes nothing unless told where.
    private var rejects: RejectsFile? {
        get throws(UsageError) {
            if isDryRun, !invocation.has(.rejects) { return nil }
            return try RejectsFile(invocation)
        }
    }

    private func print(_ made: MediaReport) throws -> Ending {
        var report = Report(
            media: made.media, thumbnails: isDryRun ? nil : made.thumbnails, filesCopied: made.filesCopied,
            bytesCopied: made.bytesCopied,
            filesAlreadyThere: made.filesAlreadyThere, filesToCopy: made.filesToCopy, bytesToCopy: made.bytesToCopy,
            engine: isDryRun ? nil : made.engine?.rawValue, notes: isDryRun ? [] : made.notes,
            leftBehind: made.leftBehind.sorted { $0.key < $1.key }.map { LeftBehind(what: $0.key, rows: $0.value) },
            faults: made.faults.count, strays: made.strayCount, seconds: (.now - began).inSeconds)
        let named =
            made.faults.map {
                RejectedRowReport(load: "media", key: $0.key, column: $0.column, reason: $0.reason)
            } + made.strays.map { RejectedRowReport(load: "media store", key: $0.key, column: nil, reason: $0.reason) }
        if !named.isEmpty { report.rejectsFile = try rejects?.write(named) }
        if invocation.has(.json) { try Output.result(json: report) } else { try Output.result(text(report)) }
        // What belongs to no medium was never to be carried.
        return made.faults.isEmpty ? .done : .doneWithRejectedRows
    }

    private func text(_ report: Report) -> String {
        var text = "\(Amount.count(report.media)) media"
        if let thumbnails = report.thumbnails { text += " with \(Amount.count(thumbnails)) thumbnails" }
        text += ": "
        if isDryRun {
            text += "\(Amount.count(report.filesToCopy)) files to copy (\(Amount.bytes(Int(report.bytesToCopy)))), "
        } else {
            text += "\(Amount.count(report.filesCopied)) files copied (\(Amount.bytes(Int(report.bytesCopied)))), "
        }
        text += "\(Amount.count(report.filesAlreadyThere)) there already; \(Amount.time(report.seconds))\n"
        if let engine = report.engine { text += "Copied by \(engine). \(report.notes.joined(separator: " "))\n" }
        for item in report.leftBehind { text += "  \(Amount.count(item.rows)) \(item.what)\n" }
        if report.faults > 0, report.rejectsFile == nil {
            text += "  \(Amount.count(report.faults)) media that cannot be carried; --rejects FILE names them\n"
        }
        if report.strays > 0 {
            text += "  \(Amount.count(report.strays)) files in the store that belong to no medium\n"
        }
        if let file = report.rejectsFile { text += "What is not carried is named in \(file)\n" }
        return text
    }
}
