// SPDX-License-Identifier: Apache-2.0
import MediaCopier
import Migration

/// The result of `migrate`: what was loaded, what was not, and what is left for the operator to do.
struct MigrationReport: Codable, Sendable {
    enum Outcome: String, Codable, Sendable {
        case done
        /// An earlier run had done everything.
        case alreadyDone = "already done"
        /// Everything was loaded and then undone.
        case dryRun = "dry run"
    }

    /// What became of the signing key.
    struct Key: Codable, Sendable {
        var id: String
        var file: String
        /// Where the key that was there before is kept.
        var kept: String?
    }

    /// How files of media were copied.
    struct Media: Codable, Sendable {
        var engine: String
        /// Why that one, and what else was given up on the way.
        var notes: [String]

        init(_ copied: (engine: Engine, notes: [String])) {
            (engine, notes) = (copied.engine.rawValue, copied.notes)
        }
    }

    var outcome: Outcome
    var serverName: String
    /// The areas that were asked for; empty for all.
    var phases: [String] = []
    var areas: [AreaStanding]
    var tables: [TableRows]
    var leftBehind: [LeftBehind]
    var rejected: Int
    var rejectsFile: String?
    /// Time spent on indexes, constraints and statistics, of all jobs together.
    var indexSeconds: Double
    /// From the start of the program; of the whole migration where it was done already.
    var wallSeconds: Double
    /// nil where this run copied none.
    var media: Media?
    var signingKey: Key?
    /// What homeserver.yaml needs, as it is to be pasted.
    var homeserverYaml: String

    var ending: Ending { rejected > 0 && outcome != .alreadyDone ? .doneWithRejectedRows : .done }

    /// For people: a table that can be pasted, then what is to be done.
    var text: String {
        [headline, table, remarks, configuration].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var headline: String {
        switch outcome {
        case .done where !phases.isEmpty:
            "Of \(serverName), \(phases.joined(separator: ", ")) are loaded: a trial, on which Synapse cannot run.\n"
        case .done: "\(serverName) is migrated.\n"
        case .alreadyDone: "The migration of \(serverName) is done already; nothing was changed.\n"
        case .dryRun: "Everything of \(serverName) can be loaded. It was a dry run: the target is as it was before.\n"
        }
    }

    private var table: String {
        var table = TextTable("area", "rows", "bytes", "time", "rows/s", "rejected")
        for area in areas {
            table.add(
                area.name, Amount.count(area.rows), Amount.bytes(area.bytes), Amount.time(area.seconds),
                rate(area.rows, area.seconds), Amount.count(area.rejected))
        }
        if indexSeconds > 0 { table.add("indexes", "", "", Amount.time(indexSeconds), "", "") }
        table.addRule()
        let rows = areas.reduce(0) { $0 + $1.rows }
        table.add(
            "all, by the clock", Amount.count(rows), Amount.bytes(areas.reduce(0) { $0 + $1.bytes }),
            Amount.time(wallSeconds), rate(rows, wallSeconds), Amount.count(rejected))
        return table.text
    }

    /// Below a hundredth of a second a rate says nothing.
    private func rate(_ rows: Int, _ seconds: Double) -> String {
        seconds < 0.01 ? "" : Amount.count(Int(Double(rows) / seconds))
    }

    private var remarks: String {
        var text = ""
        if !leftBehind.isEmpty {
            text += "Left behind (docs/mapping.md says why):\n"
            for item in leftBehind { text += "  \(Amount.count(item.rows)) \(item.what)\n" }
        }
        if let rejectsFile {
            text += "Rows that could not be loaded: \(Amount.count(rejected)), named in \(rejectsFile)\n"
        }
        if let media { text += "Media were copied by \(media.engine). \(media.notes.joined(separator: " "))\n" }
        if let signingKey {
            text += "Dendrite's signing key \(signingKey.id) is in \(signingKey.file)\n"
            if let kept = signingKey.kept { text += "  the key that was there before is kept as \(kept)\n" }
        }
        return text
    }

    private var configuration: String {
        homeserverYaml.isEmpty ? "" : "Add this to homeserver.yaml before Synapse starts:\n\n\(homeserverYaml)"
    }
}
