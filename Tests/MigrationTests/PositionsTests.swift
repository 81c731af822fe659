// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("Positions")
struct PositionsTests {
    private let plan = Plan(
        serverName: "example.org", now: 1_700_000_000_000,
        streamOrdering: StreamOrdering(highestSyncID: 90, highestEventNID: 80), firstFreeStream: 200)

    private func settle(_ target: String, preparing statements: SQL...) async throws -> Connection {
        var connection = try Connection(target, side: "Synapse's database")
        for statement in statements { try connection.execute(statement) }
        try Ledger().begin(
            Ledger.Migration(inputs: "", plan: "", version: ""), plan.positions.loads, extra: [],
            on: &connection)
        try await Loader(sessions: Sessions(source: target, target: target), progress: LoadProgress())
            .run(plan.positions.loads)
        return connection
    }

    @Test("lie above every number that an old token can hold, and above what was loaded")
    func sequences() async throws {
        var target = try await settle(
            try SynapseSchema.make(),
            preparing: """
                INSERT INTO events
                    (stream_ordering, topological_ordering, event_id, type, room_id, processed, outlier, depth)
                VALUES (95, 1, '$a', 't', '!r', true, false, 1), (-70, 1, '$b', 't', '!r', true, false, 1)
                """,
            """
            INSERT INTO receipts_linearized (stream_id, room_id, receipt_type, user_id, event_id, data)
            VALUES (345, '!r', 'm.read', '@a:example.org', '$a', '{}')
            """,
            "INSERT INTO users (name) VALUES ('@17:example.org'), ('@alice:example.org')",
            "SELECT setval('presence_stream_sequence', 999)")
        func last(_ sequence: String) throws -> Int64? {
            try target.integer("SELECT last_value FROM \(identifier: sequence) WHERE is_called")
        }
        #expect(try last("events_stream_seq") == 200)
        #expect(try last("events_backfill_stream_seq") == 70)
        #expect(try last("receipts_sequence") == 345)
        #expect(try last("device_inbox_sequence") == 200)
        #expect(try last("presence_stream_sequence") == 999)
        #expect(try last("user_id_seq") == 17)
        #expect(try last("state_group_id_seq") == nil)
        #expect(try target.integer("SELECT stream_id FROM federation_stream_position WHERE type = 'events'") == 95)
        #expect(try target.integer("SELECT stream_id FROM event_push_summary_last_receipt_stream_id") == 345)
        #expect(try target.value("SELECT stream_id FROM user_directory_stream_pos") == nil)
        #expect(try target.integer("SELECT count(*) FROM background_updates") == 4)
        #expect(try target.integer("SELECT count(*) FROM scheduled_tasks") == 0)
    }

    @Test("pass over what an older Synapse does not have")
    func olderSynapse() async throws {
        var target = try await settle(
            try SynapseSchema.make(),
            preparing: "DROP TABLE sticky_events, quarantined_media_changes CASCADE",
            "DROP SEQUENCE IF EXISTS thread_subscriptions_sequence, sticky_events_sequence")
        #expect(try target.value("SELECT to_regclass('sticky_events_sequence')") == nil)
        #expect(try target.integer("SELECT last_value FROM quarantined_media_id_seq") == 200)
    }
}
