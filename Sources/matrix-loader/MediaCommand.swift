// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import MediaCopier
import Migration
import Options

/// `matrix-loader media`: copies files of media and nothing else.
struct MediaCommand {
    static let command = Command(
        "media",
        summary: "copy the files of media, and nothing else",
        discussion: [
            "'migrate' does it too; this is for the days before, while Dendrite still runs, so that little is left "
                + "for the "
                + "evening itself. Files that are there already and right are not copied again. Synapse's database "
                + "is not "
                + "touched."
        ],
        options: Option.homeservers + [.dryRun, .link, .rejects, .json, .progress],
        examples: [
            Example(
                "Copy most of it beforehand",
                "matrix-loader media --dendrite-config dendrite.yaml --synapse-config homeserver.yaml")
        ],
        exitCodes: [Ending.done, .failed, .doneWithRejectedRows, .database, .media, .checkErrors, .usage, .interrupted]
            .map(\.exitCode)
    )

    private struct Report: Codable {
        var media: Int
        var thumbnails: Int
        var filesCopied: Int
        var bytesCopied: Int64
        var filesAlreadyThere: Int
        var filesToCopy: Int
        var bytesToCopy: Int64
        var engine: String?
        var notes: [String]
        var leftBehind: [LeftBehind]
        var faults: Int
        var rejectsFile: String?
        var seconds: Double
    }

    let invocation: Invocation
    private let began = ContinuousClock.now

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() async throws -> Ending {
        let stop = StopRequest()
        let copying = CopyProgress()
        var settings = Migration.Settings()
        settings.mediaOptions = invocation.mediaOptions
        let homeservers = try Homeservers(invocation)
        settings.mediaOptions.ownership = .following(homeservers.mediaStorePath)
        let migration = Migration(homeservers, settings: settings, stop: stop)
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

    private func print(_ made: MediaReport) throws -> Ending {
        var report = Report(
            media: made.media, thumbnails: made.thumbnails, filesCopied: made.filesCopied,
            bytesCopied: made.bytesCopied,
            filesAlreadyThere: made.filesAlreadyThere, filesToCopy: made.filesToCopy, bytesToCopy: made.bytesToCopy,
            engine: made.engine?.rawValue, notes: made.notes,
            leftBehind: made.leftBehind.sorted { $0.key < $1.key }.map { LeftBehind(what: $0.key, rows: $0.value) },
            faults: made.faults.count, seconds: (.now - began).inSeconds)
        if !made.faults.isEmpty {
            report.rejectsFile = try RejectsFile(invocation).write(
                made.faults.map { RejectedRowReport(load: "media", key: $0.key, column: $0.column, reason: $0.reason) })
        }
        if invocation.has(.json) { try Output.result(json: report) } else { Output.result(text(report)) }
        return made.faults.isEmpty ? .done : .doneWithRejectedRows
    }

    private func text(_ report: Report) -> String {
        var text = "\(Amount.count(report.media)) media with \(Amount.count(report.thumbnails)) thumbnails: "
        if invocation.has(.dryRun) {
            text += "\(Amount.count(report.filesToCopy)) files to copy (\(Amount.bytes(Int(report.bytesToCopy)))), "
        } else {
            text += "\(Amount.count(report.filesCopied)) files copied (\(Amount.bytes(Int(report.bytesCopied)))), "
        }
        text += "\(Amount.count(report.filesAlreadyThere)) there already; \(Amount.time(report.seconds))\n"
        for item in report.leftBehind { text += "  \(Amount.count(item.rows)) \(item.what)\n" }
        if let file = report.rejectsFile { text += "Media that cannot be carried are named in \(file)\n" }
        return text
    }
}
