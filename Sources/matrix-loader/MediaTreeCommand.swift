// SPDX-License-Identifier: Apache-2.0
import Loader
import MediaCopier
import Migration
import Options

/// `matrix-loader media` between two folders of Synapse's: files alone, as they are.
struct MediaTreeCommand {
    private struct Report: Codable {
        var filesCopied: Int
        var bytesCopied: Int64
        var filesAlreadyThere: Int
        var filesToCopy: Int
        var bytesToCopy: Int64
        var engine: String
        var notes: [String]
        var notCopied: Int
        var rejectsFile: String?
        var seconds: Double
    }

    private let invocation: Invocation
    private let copier: MediaCopier
    private let began = ContinuousClock.now

    /// Makes ready to copy from the first of two folders to the second.
    ///
    /// - Throws: ``UsageError`` unless `paths` are two folders.
    init(_ invocation: Invocation, _ paths: [String], _ options: CopyOptions) throws(UsageError) {
        guard paths.count == 2, paths[0] != paths[1] else {
            throw UsageError(
                "--synapse-media-path can be given twice: from where, and to where.",
                explanation: invocation.explanation)
        }
        // A variable may be there for other commands.
        let dendrite = [Option.dendriteConfig, .dendriteDatabase, .dendriteMediaPath].first {
            invocation.source(of: $0) == .commandLine
        }
        if let dendrite {
            throw UsageError(
                "With --synapse-media-path twice nothing comes from Dendrite: leave out --\(dendrite.name).",
                explanation: invocation.explanation)
        }
        self.invocation = invocation
        var options = options
        options.ownership = options.ownership ?? .following(paths[1])
        copier = MediaCopier(source: paths[0], target: paths[1], options: options)
    }

    func run() async throws -> Ending {
        let stop = StopRequest()
        let progress = CopyProgress()
        stop.whenRequested { progress.cancel() }
        let interruption = Interruption(stop)
        let display = ProgressDisplay(
            style: .standardError(invocation.string(.progress) ?? "auto"), media: progress)
        do {
            let (summary, named) = try await display.during { [self] in
                try await withThread(named: "media") { try copy(progress) }
            }
            return try print(summary, named)
        } catch  where interruption.hasHappened {
            throw CancellationError()
        }
    }

    private func copy(_ progress: CopyProgress) throws -> (MediaSummary, [RejectedRowReport]) {
        if let finding = Finding.nested(from: copier.source, to: copier.target) { throw Obstacles(findings: [finding]) }
        let (files, bytes) = try copier.sourceContent()
        progress.expect(files: files, bytes: Int(bytes))
        try expectRoom()
        var named: [RejectedRowReport] = []
        let summary = try copier.copyTree(progress: progress) { entry in
            named.append(
                RejectedRowReport(load: "media store", key: entry.path, column: nil, reason: Self.reason(entry.kind)))
        }
        return (
            summary,
            named
                + summary.faults.map {
                    RejectedRowReport(load: "media", key: $0.source, column: nil, reason: $0.reason.sentence)
                }
        )
    }

    private func expectRoom() throws {
        if copier.options.sharing == .link {
            guard try !copier.isOnOneFileSystem() else { return }
            throw Obstacles(findings: [.notLinkable(from: copier.source, to: copier.target)])
        }
        let (needed, free) = (try copier.bytesLeft(), try copier.availableSpace())
        guard needed > free else { return }
        throw Obstacles(findings: [.noRoom(at: copier.target, needed: needed, free: free)])
    }

    private static func reason(_ kind: SourceEntry.Kind) -> String {
        switch kind {
        case .symbolicLink: "is a symbolic link, which is not followed"
        case .unusableName: "has a name that is no UTF-8"
        case .unreadableFolder: "is a folder that cannot be read"
        case .file, .folder, .other: "is neither a file nor a folder"
        }
    }

    private func print(_ summary: MediaSummary, _ named: [RejectedRowReport]) throws -> Ending {
        var report = Report(
            filesCopied: summary.filesCopied, bytesCopied: summary.bytesCopied,
            filesAlreadyThere: summary.filesAlreadyThere, filesToCopy: summary.filesToCopy,
            bytesToCopy: summary.bytesToCopy, engine: summary.engine.rawValue, notes: summary.notes,
            notCopied: named.count - summary.faults.count + summary.faultCount, seconds: (.now - began).inSeconds)
        if !named.isEmpty, !copier.options.isDryRun || invocation.has(.rejects) {
            report.rejectsFile = try RejectsFile(invocation).write(named)
        }
        if invocation.has(.json) { try Output.result(json: report) } else { try Output.result(text(report)) }
        return named.isEmpty ? .done : .doneWithRejectedRows
    }

    private func text(_ report: Report) -> String {
        let (files, bytes) =
            invocation.has(.mediaDryRun)
            ? (report.filesToCopy, report.bytesToCopy) : (report.filesCopied, report.bytesCopied)
        var text = "\(Amount.count(files)) files \(invocation.has(.mediaDryRun) ? "to copy" : "copied") "
        text += "(\(Amount.bytes(Int(bytes)))), \(Amount.count(report.filesAlreadyThere)) there already; "
        text += "\(Amount.time(report.seconds))\nCopied by \(report.engine). \(report.notes.joined(separator: " "))\n"
        if report.notCopied > 0 {
            let file = report.rejectsFile.map { "they are named in \($0)" } ?? "--rejects FILE names them"
            text += "\(Amount.count(report.notCopied)) could not be copied; \(file)\n"
        }
        return text
    }
}
