// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Loader
import Migration
import Postgres
import TestSupport
import Testing

/// Servers that a seed has damaged in several ways at once.
///
/// A seed that found something finds it again:
/// FUZZ_ROUND=<round> swift test --filter DamagedServerTests.
@Suite("A server that is damaged at random", .temporaryDatabase, .temporaryFolder)
struct DamagedServerTests {
    /// What `verify` asks whatever the server was like; of its other questions a damaged one may be the answer.
    private static let asked: Set<String> = [
        "What Dendrite's tables give was loaded", "What was loaded is in Synapse's tables",
        "Every event is there, under its number",
    ]

    /// More in scripts/fuzz.
    private static let servers = Int(ProcessInfo.processInfo.environment["FUZZ_SERVERS"] ?? "") ?? 2

    @Test("is loaded, or named row by row, and ends in no crash", arguments: 1...servers)
    func damaged(seed: Int) async throws {
        var settings = GeneratorSettings()
        (settings.events, settings.rooms, settings.users, settings.mediaFiles) = (250, 6, 10, 4)
        (settings.federatedRooms, settings.redactions, settings.refused) = (0.3, 0.05, 0.05)
        let folder = TemporaryFolder.url
        _ = try await Homeserver.generate(
            settings, into: TemporaryDatabase.conninfo, mediaFolder: folder.appending(path: "media"))
        var source = try TemporaryDatabase.connect()
        let statements = Damage.statements(seed)
        // Where one damage forbids another, as a unique index does, the other is not done.
        for statement in statements { _ = try? source.execute(statement) }
        let report = statements.map(\.text).joined(separator: ";\n")

        let target = try SynapseSchema.make()
        let homeservers = Homeservers(
            serverName: "example.org", source: TemporaryDatabase.conninfo, target: target,
            mediaPath: folder.appending(path: "media").path(percentEncoded: false),
            mediaStorePath: folder.appending(path: "store").path(percentEncoded: false))
        var migrationSettings = Migration.Settings()
        migrationSettings.loader.onReject = .skip
        migrationSettings.loader.deferralThreshold = 50
        do {
            _ = try await Migration(homeservers, settings: migrationSettings).run()
        } catch {
            Issue.record("↳ seed \(seed): \(error)\n\(report)")
            return
        }
        let missing = try missingEvents(&source, target)
        #expect(missing.isEmpty, "↳ seed \(seed): \(missing.prefix(5))\n\(report)")
        let checks = try Migration(homeservers).verify(sample: 300).checks.filter { check in
            check.wrong > 0 && Self.asked.contains(check.name)
        }
        #expect(checks.isEmpty, "↳ seed \(seed): \(checks)\n\(report)")
    }

    /// Events of rooms that can be hosted, which are neither in the target nor named.
    private func missingEvents(_ source: inout Connection, _ target: String) throws -> Set<String> {
        var target = try Connection(target, side: "the test's target")
        let known = Set(
            try target.rows("SELECT event_id FROM events UNION SELECT key FROM matrix_loader.rejected_row").compactMap {
                $0[0]
            })
        let all = try source.rows(
            """
            SELECT event_id FROM roomserver_events e LEFT JOIN roomserver_rooms r USING (room_nid)
            WHERE coalesce(r.room_version, '') <> 'org.example.unknown'
            """
        ).compactMap { $0[0] }
        return Set(all).subtracting(known)
    }
}
