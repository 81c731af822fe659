// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Loader
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("A Synapse of another age", .temporaryDatabase, .temporaryFolder)
struct OlderSynapseTests {
    /// What schema versions 89 to 94 added to tables or as tables.
    private static let newerThan88: SQL = """
        DROP TABLE state_groups_pending_deletion, state_groups_persisting, thread_subscriptions, room_ban_redactions,
            user_reports, sticky_events, sliding_sync_connection_lazy_members, quarantined_media_changes,
            msc4242_state_dag_edges, msc4242_state_dag_forward_extremities, profile_updates, profile_updates_per_user,
            destination_rooms_sticky_events_backlog, device_lists_changes_in_room_max_pruned_stream_id CASCADE;
        DROP SEQUENCE IF EXISTS thread_subscriptions_sequence, sticky_events_sequence, quarantined_media_id_seq,
            profile_updates_sequence;
        ALTER TABLE room_memberships DROP COLUMN participant;
        ALTER TABLE local_media_repository DROP COLUMN sha256;
        ALTER TABLE remote_media_cache DROP COLUMN sha256;
        ALTER TABLE sliding_sync_connections DROP COLUMN last_used_ts;
        ALTER TABLE delayed_events DROP COLUMN sticky_duration_ms;
        ALTER TABLE redactions DROP COLUMN recheck;
        ALTER TABLE device_lists_changes_in_room DROP COLUMN inserted_ts;
        UPDATE schema_version SET version = 88
        """

    private func migrate(_ target: String, expecting expected: [String]) async throws {
        var settings = GeneratorSettings()
        (settings.events, settings.rooms, settings.users, settings.mediaFiles) = (400, 8, 12, 5)
        let uploads = TemporaryFolder.url.appending(path: "uploads")
        try await Homeserver.generate(settings, into: TemporaryDatabase.conninfo, mediaFolder: uploads)
        let homeservers = Homeservers(
            serverName: settings.serverName, source: TemporaryDatabase.conninfo, target: target,
            mediaPath: uploads.path(percentEncoded: false),
            mediaStorePath: TemporaryFolder.url.appending(path: "media_store").path(percentEncoded: false))
        let findings = HomeserverCheck(HomeserverInputs(homeservers)).findings(homeservers)
        #expect(findings.map(\.message) == expected)
        #expect(findings.allSatisfy { $0.severity == .warning })
        var runSettings = Migration.Settings()
        runSettings.loader.deferralThreshold = 20
        guard case .done = try await Migration(homeservers, settings: runSettings).run() else {
            Issue.record("there was nothing to do")
            return
        }
        let report = try Migration(homeservers).verify(sample: 50)
        #expect(report.checks.filter { $0.wrong > 0 } == [])
    }

    @Test("is filled with what it knows", arguments: [88, 94, 95])
    func filled(version: Int) async throws {
        let conninfo = try SynapseSchema.make()
        var target = try Connection(conninfo, side: "Synapse's database")
        if version == 88 { try target.execute(Self.newerThan88) }
        let before = try target.rows("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
        try target.execute("SET application_name = 'matrix-loader'")
        if version == 95 { try target.execute("UPDATE schema_version SET version = 95") }
        try await migrate(
            conninfo,
            expecting: version == 95 ? ["its schema is of version 95: newer than 94, but compatible"] : [])
        for table in ["events", "room_memberships", "redactions", "device_lists_changes_in_room", "users"] {
            #expect((try target.integer("SELECT count(*) FROM \(identifier: table)") ?? 0) > 0, "\(table)")
        }
        #expect(try target.rows("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1") == before)
        // What it has no column for is said.
        let lacking = (try MigrationTarget(conninfo).status()?.leftBehind ?? []).filter {
            $0.what.hasSuffix(", a column that this Synapse does not have")
        }
        let columns = [
            "device_lists_changes_in_room.inserted_ts", "local_media_repository.sha256", "redactions.recheck",
        ]
        #expect(
            lacking.map(\.what)
                == (version == 88 ? columns.map { "values of \($0), a column that this Synapse does not have" } : []))
        #expect(lacking.allSatisfy { $0.rows > 0 })
    }
}
