// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Loader
import MediaCopier
import Postgres

/// What a migration depends on.
///
/// A run that finds others in the ledger is refused.
struct Inputs: Codable {
    var server: String
    var source: String
    var phases: [String]
    var skipMedia: Bool
    /// Whether files of media are only looked at: what such a run loaded is no start for a true one.
    var isDryRun: Bool
    /// How far Dendrite had counted: its sequences and what they number.
    ///
    /// Equal as long as nobody writes.
    var counted: [String: Int64]
    /// Whether Synapse's state goes into a database of its own; nil for no.
    var isStateApart: Bool?
    /// What begins the digests of the tokens of bridges, by which their devices are known.
    var bridges: [String]?

    /// Asks every database of Dendrite's.
    init(_ homeservers: Homeservers, _ settings: Migration.Settings) throws {
        server = homeservers.serverName
        phases = settings.phases.sorted()
        skipMedia = settings.skipMedia || homeservers.mediaPath == nil || homeservers.mediaStorePath == nil
        isDryRun = settings.mediaOptions.isDryRun
        isStateApart = homeservers.stateTarget == nil ? nil : true
        counted = [:]
        var names: [String] = []
        for database in homeservers.sources {
            var source = try Sessions(source: database.conninfo, target: "").openSource(named: database.side)
            names.append(try source.value("SELECT current_database()") ?? "")
            for row in try source.rows(
                """
                SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences
                WHERE schemaname = current_schema() AND sequencename ~ '^(roomserver|syncapi|userapi|keyserver)_' ORDER BY 1
                """)
            {
                guard let name = row[0], database.holds(name) else { continue }
                if let value = row[1].flatMap({ Int64($0) }) { counted[name] = value }
            }
        }
        source = names.joined(separator: ", ")
        bridges = try Set(
            homeservers.applicationServiceTokens.map { try String(SHA256.digest($0).hexadecimal.prefix(8)) }
        ).sorted()
    }

    /// Reads a ledger's inputs: ``text`` of the run that began the migration.
    ///
    /// - Throws: ``MigrationError/unreadablePlan``.
    init(storedAs text: String) throws(MigrationError) {
        guard let inputs = try? JSONDecoder().decode(Inputs.self, from: Data(text.utf8)) else { throw .unreadablePlan }
        self = inputs
    }

    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// What of these another request has otherwise; empty where both are the same.
    func differences(from other: Inputs) -> String {
        var parts: [String] = []
        if server != other.server { parts.append("the server \(server)") }
        if source != other.source { parts.append("the source database \(source)") }
        if phases != other.phases { parts.append(phases.isEmpty ? "all areas" : phases.joined(separator: " and ")) }
        if skipMedia != other.skipMedia { parts.append(skipMedia ? "without media" : "with media") }
        if isDryRun != other.isDryRun { parts.append(isDryRun ? "as a dry run" : "in earnest") }
        if isStateApart != other.isStateApart {
            parts.append(isStateApart == true ? "with a database of its own for state" : "into one database")
        }
        if bridges != other.bridges { parts.append("\(bridges?.count ?? 0) tokens of bridges, of which some differ") }
        let moved = Set(counted.keys).union(other.counted.keys).filter { counted[$0] != other.counted[$0] }.sorted()
        if !moved.isEmpty {
            parts.append(
                "Dendrite's " + moved.map { "\($0) at \(counted[$0].map { "\($0)" } ?? "nothing")" }.listed())
        }
        return parts.joined(separator: ", ")
    }
}
