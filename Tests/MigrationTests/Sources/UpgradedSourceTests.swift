// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("A Dendrite of another age", .temporaryDatabase, .temporaryFolder)
struct UpgradedSourceTests {
    /// What is left of earlier releases in a database that has been upgraded all along.
    private static let leftovers: SQL = """
        CREATE TABLE account_accounts (localpart text PRIMARY KEY, created_ts bigint, password_hash text, appservice_id text);
        INSERT INTO account_accounts VALUES ('elder', 1, 'x', '');
        CREATE TABLE account_data (localpart text, room_id text, type text, content text);
        CREATE TABLE device_devices (access_token text PRIMARY KEY, session_id bigint, localpart text);
        CREATE TABLE roomserver_transactions (transaction_id text, session_id bigint, user_id text, event_id text);
        CREATE TABLE appservice_events (id bigserial, as_id text, headered_event_json text, txn_id bigint);
        CREATE TABLE currentstate_current_room_state (room_id text, event_id text);
        INSERT INTO currentstate_current_room_state VALUES ('!r:example.org', '$e');
        INSERT INTO appservice_events (as_id) VALUES ('irc');
        CREATE TABLE syncapi_partition_offsets (topic text, partition integer, partition_offset bigint);
        INSERT INTO syncapi_partition_offsets VALUES ('OutputRoomEvent', 0, 7);
        CREATE TABLE federationsender_rooms (room_id text PRIMARY KEY, last_event_id text);
        CREATE TABLE goose_db_version (id serial, version_id bigint, is_applied boolean, tstamp timestamp);
        CREATE SEQUENCE txn_id_counter;
        ALTER SEQUENCE roomserver_state_block_nid_seq RENAME TO roomserver_state_block_nid_sequence;
        ALTER SEQUENCE roomserver_state_snapshot_nid_seq RENAME TO roomserver_state_snapshot_nid_sequence;
        ALTER TABLE userapi_accounts ALTER server_name SET DEFAULT '', ADD COLUMN profile_id text;
        ALTER TABLE syncapi_output_room_events RENAME history_visibility TO moved;
        ALTER TABLE syncapi_output_room_events ADD history_visibility smallint NOT NULL DEFAULT 2;
        UPDATE syncapi_output_room_events SET history_visibility = moved;
        ALTER TABLE syncapi_output_room_events DROP COLUMN moved;
        ALTER TABLE roomserver_membership RENAME forgotten TO moved;
        ALTER TABLE roomserver_membership ADD forgotten boolean NOT NULL DEFAULT false;
        UPDATE roomserver_membership SET forgotten = moved;
        ALTER TABLE roomserver_membership DROP COLUMN moved;
        """

    /// What releases from 0.13 on added, and what they took away.
    private static let as0_12: SQL = """
        DROP TABLE keyserver_fallback_keys, userapi_registration_tokens, roomserver_reported_events;
        DROP TABLE IF EXISTS roomserver_user_room_keys;
        ALTER TABLE roomserver_events ADD reference_sha256 bytea NOT NULL DEFAULT '\\x00';
        ALTER TABLE roomserver_previous_events ADD previous_reference_sha256 bytea NOT NULL DEFAULT '\\x00';
        DELETE FROM db_migrations WHERE version LIKE 'roomserver: drop column reference_sha%'
        """

    private static func change(_ server: MigratedServer, _ statements: SQL) throws {
        var connection = try Sessions(source: "", target: server.source).openTarget()
        try connection.execute(statements)
    }

    @Test("is carried like a new one, whatever it was upgraded from")
    func upgraded() async throws {
        let server = try await MigratedServer()
        let new = try SynapseSchema.make()
        _ = try await server.migrate(to: new)
        try Self.change(server, Self.leftovers)
        let target = try SynapseSchema.make()
        #expect(Migration(server.homeservers(target)).check() == [])
        _ = try await server.migrate(to: target)
        #expect(
            try Set(MigratedServer.contents(of: target)).symmetricDifference(MigratedServer.contents(of: new)) == [])
        #expect(try server.verify(target).isWhole)
    }

    @Test("is carried as far as it goes where it has been 0.12 to the end")
    func old() async throws {
        let server = try await MigratedServer()
        let new = try SynapseSchema.make()
        _ = try await server.migrate(to: new)
        try Self.change(server, Self.leftovers)
        try Self.change(server, Self.as0_12)
        let target = try SynapseSchema.make()
        #expect(Migration(server.homeservers(target)).check() == [])
        _ = try await server.migrate(to: target)
        let differing = try Set(MigratedServer.contents(of: target)).symmetricDifference(
            MigratedServer.contents(of: new))
        #expect(
            differing.allSatisfy { $0.hasPrefix("e2e_fallback_keys_json: ") || $0.hasPrefix("registration_tokens: ") },
            "\(differing)")
        var connection = try Connection(target, side: "the test's Synapse")
        #expect(try connection.integer("SELECT count(*) FROM e2e_fallback_keys_json") == 0)
        #expect(try server.verify(target).isWhole)
    }
}
