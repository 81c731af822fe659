// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import MediaCopier
import Migration
import Postgres
import TestSupport
import Testing

@Suite("Verification", .temporaryDatabase, .temporaryFolder)
struct VerificationTests {
    /// Something that happens to a target, and what must be found.
    private struct Damage {
        let statement: SQL
        let finding: String

        init(_ statement: SQL, _ finding: String) {
            self.statement = statement
            self.finding = finding
        }
    }

    private static let damages = [
        Damage(
            "DELETE FROM users WHERE name = (SELECT min(name) FROM users)", "What was loaded is in Synapse's tables"),
        Damage(
            "DELETE FROM events WHERE event_id = (SELECT min(event_id) FROM events WHERE state_key IS NULL)",
            "Every event is there, under its number"),
        Damage(
            "UPDATE events SET stream_ordering = 900000 WHERE event_id = (SELECT min(event_id) FROM events)",
            "Every event is there, under its number"),
        Damage(
            "DELETE FROM event_json WHERE event_id = (SELECT min(event_id) FROM event_json)", "Every event has its JSON"
        ),
        Damage(
            "UPDATE event_json SET json = regexp_replace(json, '\"origin_server_ts\":1', '\"origin_server_ts\":2')",
            "Sampled events have the ids that follow from what they say"),
        Damage(
            "UPDATE event_json SET json = replace(json, '\"depth\"', '\"death\"')", "Sampled events say what they said"),
        Damage(
            """
            UPDATE state_groups_state SET event_id = (SELECT event_id FROM events WHERE state_key IS NULL LIMIT 1)
            WHERE type = 'm.room.member'
            """,
            "The state after sampled events is the same by both servers' rules"),
        Damage(
            "DELETE FROM state_groups_state WHERE type = 'm.room.create'",
            "The state after sampled events is the same by both servers' rules"),
        Damage(
            "UPDATE state_group_edges SET prev_state_group = state_group + 1 WHERE state_group = (SELECT min(state_group) FROM state_group_edges)",
            "State groups build on lower ones that exist, so each chain ends"),
        Damage(
            "DELETE FROM event_txn_id_device_id WHERE event_id = (SELECT min(event_id) FROM event_txn_id_device_id)",
            "Clients' transactions lead to their events"),
        Damage(
            "DELETE FROM local_current_membership WHERE event_id = (SELECT min(event_id) FROM local_current_membership)",
            "Our users are in the rooms that they were in"),
        Damage("DELETE FROM event_forward_extremities", "Rooms with our users in them have a newest event"),
        Damage(
            "UPDATE room_memberships SET membership = 'ban' WHERE membership = 'join'",
            "Current memberships are those of their events"),
        Damage("SELECT setval('events_stream_seq', 1)", "Sequences go on above all numbers that were given out"),
        Damage("SELECT setval('state_group_id_seq', 1)", "Sequences go on above all numbers that were given out"),
        Damage(
            "DELETE FROM local_media_repository WHERE media_id = (SELECT min(media_id) FROM local_media_repository)",
            "Media that could be carried are there, with the content that Dendrite named"),
    ]

    private func leftOut(of target: String) throws -> [String] {
        var connection = try Connection(target, side: "the test's target")
        return try Ledger().leftOut(on: &connection).map(\.what)
    }

    @Test("finds nothing wrong with a whole migration, and each damage to it")
    func damage() async throws {
        let server = try await MigratedServer()
        let whole = try SynapseSchema.make()
        _ = try await server.migrate(to: whole)
        let report = try server.verify(whole)
        #expect(report.checks.filter { $0.wrong > 0 } == [])
        #expect(!report.isUsed)
        #expect(report.checks.filter { $0.examined == 0 }.map(\.name) == [])
        // What a server in good order leaves behind, and nothing that only damage explains.
        #expect(
            try leftOut(of: whole) == [
                "account data of deactivated or missing accounts",
                "cross-signing keys of other servers' users (Synapse asks for them)",
                "cross-signing signatures by or on keys no longer in use",
                "stale devices of other servers (Synapse asks for them)",
            ])

        let template = String(whole.split(separator: "dbname=").last ?? "")
        for damage in Self.damages {
            let target = try TemporaryDatabase.make(template: template)
            var connection = try Connection(target, side: "the test's target")
            // Foreign keys would forbid most of it.
            try connection.execute("SET session_replication_role = replica")
            try connection.execute(damage.statement)
            let wrong = try server.verify(target).checks.filter { $0.wrong > 0 }
            #expect(wrong.map(\.name).contains(damage.finding), "\(damage.statement.text)")
            #expect(wrong.allSatisfy { !$0.examples.isEmpty })
        }
    }

    @Test("finds rows that Dendrite has and no load has read, whatever is made of them")
    func unread() async throws {
        let server = try await MigratedServer()
        let target = try SynapseSchema.make()
        _ = try await server.migrate(to: target)
        var dendrite = try TemporaryDatabase.connect()
        try dendrite.execute(
            """
            INSERT INTO userapi_account_datas (localpart, server_name, room_id, type, content)
            SELECT localpart, server_name, '', 'x.later', '{}' FROM userapi_accounts WHERE localpart = 'user1';
            INSERT INTO userapi_daily_visits (localpart, device_id, timestamp, user_agent) VALUES ('user1', 'LATER', 5, '')
            """)
        let wrong = try server.verify(target).checks.filter { $0.wrong > 0 }
        #expect(wrong.map(\.name) == ["What Dendrite's tables give was loaded"])
        #expect(wrong.first?.wrong == 2)
        #expect(wrong.first?.examples.map { $0.split(separator: ":")[0] } == ["account_data", "user_daily_visits"])
    }

    @Test("does not miss what Synapse adds and removes in use")
    func use() async throws {
        let server = try await MigratedServer()
        let target = try SynapseSchema.make()
        _ = try await server.migrate(to: target)
        var connection = try Connection(target, side: "the test's target")
        try connection.execute(
            """
            INSERT INTO users (name, creation_ts) VALUES ('@new:example.org', 1);
            INSERT INTO local_media_repository (media_id, created_ts, user_id) VALUES ('uploading', 1, '@new:example.org');
            DELETE FROM access_tokens; DELETE FROM devices; DELETE FROM e2e_one_time_keys_json;
            SELECT nextval('events_stream_seq')
            """)
        let report = try server.verify(target)
        #expect(report.isUsed)
        #expect(report.checks.filter { $0.wrong > 0 } == [])
        try connection.execute("DELETE FROM profiles")
        #expect(!(try server.verify(target).isWhole))
    }

    @Test("finds files that differ or are missing")
    func files() async throws {
        let server = try await MigratedServer()
        let target = try SynapseSchema.make()
        _ = try await server.migrate(to: target)
        let originals = server.store.appending(path: "local_content")
        let files = try FileManager.default.subpathsOfDirectory(atPath: originals.path(percentEncoded: false))
            .map { originals.appending(path: $0) }.filter { !$0.hasDirectoryPath }
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
        try FileManager.default.removeItem(at: try #require(files.first))
        try Data("something else".utf8).write(to: try #require(files.last))
        let wrong = try server.verify(target).checks.filter { $0.wrong > 0 }
        #expect(wrong.map(\.name) == ["Files of sampled media have the right size and content"])
        #expect(wrong.first?.wrong == 2)
    }

    @Test("does not miss files of media that are known without one, nor what Synapse's own updates have taken away")
    func withoutFiles() async throws {
        let server = try await MigratedServer()
        let folder = URL(filePath: try #require(server.homeservers("").mediaPath))
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path(percentEncoded: false))
            .filter { $0.hasSuffix("/file") }
        try FileManager.default.removeItem(at: folder.appending(path: try #require(files.first)))
        let target = try SynapseSchema.make()
        var settings = Migration.Settings()
        settings.mediaOptions.keepsDamaged = true
        _ = try await Migration(server.homeservers(target), settings: settings).run()
        var connection = try Connection(target, side: "the test's target")
        try connection.execute("DELETE FROM background_updates")
        let report = try server.verify(target)
        #expect(!report.isUsed)
        #expect(report.checks.filter { $0.wrong > 0 } == [])
    }

    @Test("does not miss media that were left out on purpose")
    func withoutMedia() async throws {
        let server = try await MigratedServer()
        let target = try SynapseSchema.make()
        var settings = Migration.Settings()
        settings.skipMedia = true
        _ = try await Migration(server.homeservers(target), settings: settings).run()
        let checks = try server.verify(target).checks
        #expect(checks.filter { $0.wrong > 0 } == [])
        #expect(!checks.contains { $0.name.contains("media") || $0.name.contains("Media") })
    }

    @Test("looks for media without a folder, and says that it has not looked at files")
    func withoutFolder() async throws {
        let server = try await MigratedServer()
        let target = try SynapseSchema.make()
        _ = try await Migration(server.homeservers(target)).run()
        var connection = try Connection(target, side: "the test's target")
        try connection.execute(
            "DELETE FROM local_media_repository WHERE media_id = (SELECT min(media_id) FROM local_media_repository)")
        var homeservers = server.homeservers(target)
        (homeservers.mediaPath, homeservers.mediaStorePath) = (nil, nil)
        let report = try Migration(homeservers).verify()
        #expect(report.leavesFilesOut)
        let wrong = report.checks.filter { $0.wrong > 0 }.map(\.name)
        #expect(wrong.contains { $0.hasPrefix("Media that could be carried") })
        #expect(!report.checks.contains { $0.name.hasPrefix("Files of sampled media") })
    }

    @Test("refuses a target without a finished migration")
    func nothing() async throws {
        let server = try await MigratedServer()
        let target = try SynapseSchema.make()
        #expect(throws: VerificationError.self) { try server.verify(target) }
    }
}
