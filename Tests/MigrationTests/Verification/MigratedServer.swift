// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Loader
import Migration
import Postgres
import TestSupport

/// A generated Dendrite server in the running test's database and folder, and Synapse databases that it is migrated to.
struct MigratedServer {
    let source = TemporaryDatabase.conninfo
    private let folder = TemporaryFolder.url

    /// Makes the Dendrite server up.
    init() async throws {
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
        Homeservers(
            serverName: "example.org", source: source, target: target,
            mediaPath: folder.appending(path: "dendrite-media").path(percentEncoded: false),
            mediaStorePath: store.path(percentEncoded: false))
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
    /// differs from one migration to the next, left out.
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
            "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        ) {
            contents.append(row.map { $0 ?? "" }.joined(separator: " "))
        }
        return contents.sorted()
    }
}
