// SPDX-License-Identifier: Apache-2.0
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

    /// Asks every database of Dendrite's.
    init(_ homeservers: Homeservers, _ settings: Migration.Settings) throws(PostgresError) {
        server = homeservers.serverName
        phases = settings.phases.sorted()
        skipMedia = settings.skipMedia || homeservers.mediaPath == nil || homeservers.mediaStorePath == nil
        isDryRun = settings.mediaOptions.isDryRun
        counted = [:]
        var names: [String] = []
        for database in homeservers.sources {
            var source = try Sessions(source: database.conninfo, target: "").openSource(named: database.side)
            names.append(try source.value("SELECT current_database()") ?? "")
            for row in try source.rows(
                """
                SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences
                WHERE sequencename ~ '^(roomserver|syncapi|userapi|keyserver)_' ORDER BY 1
                """)
            {
                guard let name = row[0], database.holds(name) else { continue }
                if let value = row[1].flatMap({ Int64($0) }) { counted[name] = value }
            }
        }
        source = names.joined(separator: ", ")
    }

    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
