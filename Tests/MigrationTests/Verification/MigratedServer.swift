// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Loader
import Postgres
import TestSupport

@testable import Migration

/// A generated Dendrite server in the running test's database and folder, and Synapse databases that it is migrated to.
struct MigratedServer {
    let source: String
    /// Its databases, once its components have several.
    private(set) var databases: [DendriteDatabase] = []
    /// Synapse's database of state, where it has one.
    var state: String?
    private let folder = TemporaryFolder.url

    /// Makes the Dendrite server up.
    init(in source: String = TemporaryDatabase.conninfo) async throws {
        self.source = source
        var settings = GeneratorSettings()
        settings.events = 1200
        settings.rooms = 12
        settings.users = 20
        settings.federatedRooms = 0.25
        settings.redactions = 0.03
        settings.refused = 0.01
        settings.mediaFiles = 8
        settings.mediaBytes = 3000
        _ = try await Homeserver.generate(settings, into: source, mediaFolder: folder.appending(path: "dendrite-media"))
    }

    /// Synapse's folder of media.
    var store: URL { folder.appending(path: "media_store") }

    func homeservers(_ target: String) -> Homeservers {
        let whole = DendriteDatabase(conninfo: source, components: DendriteConfiguration.Component.allCases)
        var homeservers = Homeservers(
            serverName: "example.org", sources: databases.isEmpty ? [whole] : databases, target: target,
            mediaPath: folder.appending(path: "dendrite-media").path(percentEncoded: false),
            mediaStorePath: store.path(percentEncoded: false))
        homeservers.stateTarget = state
        return homeservers
    }

    /// Gives components databases of their own, and takes their tables out of all others'.
    ///
    /// - Parameter leftovers: whether the tables stay in the others', emptied: Dendrite's operator moved them once.
    mutating func divide(_ components: [[DendriteConfiguration.Component]], leftovers: Bool = false) throws {
        let template = String(source.split(separator: "dbname=").last ?? "")
        for group in components {
            let database = DendriteDatabase(conninfo: try TemporaryDatabase.make(template: template), components: group)
            var connection = try Connection(database.conninfo, side: "the test's Dendrite")
            let foreign = try connection.rows(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            ).compactMap { $0[0] }.filter { $0 != "db_migrations" && !database.holds($0) }
            for table in foreign {
                try connection.execute(
                    leftovers ? "TRUNCATE \(identifier: table)" : "DROP TABLE \(identifier: table) CASCADE")
            }
            for migration in try connection.rows("SELECT version FROM db_migrations").compactMap({ $0[0] })
            where !database.holds(migration: migration) {
                try connection.execute("DELETE FROM db_migrations WHERE version = \(migration)")
            }
            databases.append(database)
        }
    }

    /// Migrates, with indexes set aside even for so few rows.
    func migrate(
        to target: String, progress: LoadProgress = LoadProgress(), stop: StopRequest = StopRequest()
    ) async throws -> Migration.Outcome {
        var settings = Migration.Settings()
        settings.loader.deferralThreshold = 50
        return try await Migration(homeservers(target), settings: settings, progress: progress, stop: stop).run()
    }

    func verify(_ target: String) throws -> VerificationReport {
        try Migration(homeservers(target)).verify(sample: 300)
    }

    /// Every table with the number of its rows and a digest of them, and every sequence; the moment of planning, which
    /// differs from one migration to the next, left out, and so is NOT NULL, a constraint of its own since PostgreSQL 18.
    static func contents(of target: String) throws -> [String] {
        var connection = try Connection(target, side: "the test's target")
        let now = try connection.value("SELECT plan::json ->> 'now' FROM matrix_loader.migration") ?? ""
        var contents: [String] = []
        for row in try connection.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        {
            let table = row[0] ?? ""
            let digest = try connection.value(
                """
                SELECT count(*) || ' ' || coalesce(md5(string_agg(r, '' ORDER BY r)), '')
                FROM (SELECT replace(replace(t::text, \(now), 'now'), \(String(now.dropLast(3))), 'now') AS r
                      FROM \(identifier: "public.\(table)") t) rows
                """)
            contents.append("\(table): \(digest ?? "")")
        }
        for row in try connection.rows("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
        {
            contents.append("\(row[0] ?? ""): \(row[1] ?? "-")")
        }
        for row in try connection.rows("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'") {
            contents.append(row[0] ?? "")
        }
        for row in try connection.rows(
            """
            SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
            """
        ) {
            contents.append(row.map { $0 ?? "" }.joined(separator: " "))
        }
        return contents.sorted()
    }
}
