// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Loader
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("The checks of both homeservers", .temporaryDatabase, .temporaryFolder)
struct HomeserverCheckTests {
    private var inputs: HomeserverInputs {
        var inputs = HomeserverInputs(serverName: "example.org")
        inputs.synapseServerName = "example.org"
        return inputs
    }

    private static func servers(_ source: String, _ target: String) -> Homeservers {
        Homeservers(serverName: "example.org", source: source, target: target)
    }

    private func findings(
        _ inputs: HomeserverInputs, source: SQL = "", target: SQL = "", synapse: String? = nil
    ) throws -> [Finding] {
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        var dendrite = try Sessions(source: "", target: TemporaryDatabase.conninfo).openTarget()
        try dendrite.execute(source)
        let conninfo = try synapse ?? SynapseSchema.make()
        var connection = try Sessions(source: "", target: conninfo).openTarget()
        try connection.execute(target)
        return HomeserverCheck(inputs).findings(Self.servers(TemporaryDatabase.conninfo, conninfo))
    }

    @Test("find nothing in two servers as they should be")
    func fitting() throws {
        #expect(
            try findings(
                inputs,
                source: """
                    INSERT INTO userapi_accounts (localpart, server_name, created_ts, password_hash, account_type)
                    VALUES ('alice', 'example.org', 1, 'x', 1)
                    """) == [])
    }

    @Test("name tables with rows that nobody reads, and media that no folder is known for")
    func notCarried() throws {
        let rows: SQL = """
            INSERT INTO relayapi_queue_json (json_body) VALUES ('{}');
            INSERT INTO federationsender_joined_hosts VALUES ('!r:example.org', '$e', 'far.example');
            CREATE TABLE guestbook (entry text); INSERT INTO guestbook VALUES ('hello');
            CREATE TABLE empty_one (entry text);
            INSERT INTO mediaapi_media_repository VALUES ('medium', 'example.org', '', 1, 1, '', 'x', '@alice:example.org')
            """
        #expect(
            try findings(inputs, source: rows).map(\.message) == [
                "tables with rows that are not carried: guestbook, relayapi_queue_json",
                "no folder is known to copy 1 media from or to, so they are left out",
            ])
    }

    @Test("say nothing of media that are left out on purpose")
    func skippedMedia() throws {
        var inputs = inputs
        inputs.skipsMedia = true
        let row: SQL = """
            INSERT INTO mediaapi_media_repository VALUES ('medium', 'example.org', '', 1, 1, '', 'x', '@alice:example.org')
            """
        #expect(try findings(inputs, source: row) == [])
    }

    @Test("name what is wrong with Dendrite's database, all at once")
    func source() throws {
        let findings = try findings(
            inputs,
            source: """
                DROP TABLE keyserver_one_time_keys;
                DELETE FROM db_migrations WHERE version = 'userapi: server names';
                INSERT INTO userapi_accounts
                    (localpart, server_name, created_ts, password_hash, account_type, appservice_id)
                VALUES ('alice', 'example.org', 1, 'x', 1, ''), ('bob', 'other.org', 1, 'x', 1, ''),
                       ('ghost', 'example.org', 1, '', 4, 'irc');
                INSERT INTO roomserver_rooms (room_id, room_version, latest_event_nids)
                VALUES ('!a:example.org', 'org.matrix.msc4014', '{}'), ('!b:example.org', '12', '{}')
                """)
        #expect(
            findings.map(\.message) == [
                "tables of Dendrite's are missing: keyserver_one_time_keys",
                "Dendrite has yet to bring its tables up to date: userapi: server names",
                "it has accounts of other server names: other.org (1 accounts); they stay behind",
                "rooms of version org.matrix.msc4014, which Synapse cannot serve: 1; they stay behind",
            ])
        #expect(findings.map(\.severity) == [.error, .error, .warning, .warning])
        #expect(findings.allSatisfy { $0.subject == "Dendrite's database" && !$0.remedy.isEmpty })
    }

    @Test("name accounts of application services that Synapse does not know")
    func applicationServices() throws {
        var inputs = inputs
        inputs.applicationServices = ["telegram"]
        let findings = try findings(
            inputs,
            source: """
                INSERT INTO userapi_accounts (localpart, server_name, created_ts, account_type, appservice_id)
                VALUES ('a', 'example.org', 1, 4, 'irc'), ('b', 'example.org', 1, 4, 'telegram')
                """)
        #expect(
            findings.map(\.message) == [
                "homeserver.yaml does not name the application service irc, to which 1 accounts belong"
            ])
    }

    @Test("refuse accounts of another server")
    func otherServer() throws {
        let findings = try findings(
            HomeserverInputs(serverName: "exmaple.org"),
            source: """
                INSERT INTO userapi_accounts (localpart, server_name, created_ts, account_type)
                VALUES ('a', 'example.org', 1, 1)
                """)
        #expect(findings.map(\.message) == ["its accounts belong to example.org (1 accounts), none to exmaple.org"])
        #expect(findings.map(\.severity) == [.error])
    }

    @Test("tell a target in use from an empty one")
    func filledTarget() throws {
        let findings = try findings(
            inputs,
            target: """
                INSERT INTO users (name) VALUES ('@alice:example.org');
                INSERT INTO rooms (room_id, is_public) VALUES ('!a:example.org', false);
                INSERT INTO background_updates (update_name, progress_json) VALUES ('x', '{}')
                """)
        #expect(
            findings.map(\.message) == [
                "1 background updates of Synapse's are not done", "it is not empty: there are rows in rooms, users",
            ])
    }

    @Test("call a migration another only where the source says which one is asked for")
    func unknownSource() throws {
        let synapse = try SynapseSchema.make()
        var target = try Sessions(source: "", target: synapse).openTarget()
        try Ledger().begin(.init(inputs: "other", plan: "", version: ""), [], extra: [], on: &target)
        var inputs = inputs
        inputs.migration = nil
        #expect(try findings(inputs, target: "SELECT 1", synapse: synapse) == [])
    }

    @Test("go on with the migration that filled the target, and with no other", arguments: ["ours", "other"])
    func begun(ledger: String) throws {
        var inputs = inputs
        inputs.migration = "ours"
        let synapse = try SynapseSchema.make()
        var target = try Sessions(source: "", target: synapse).openTarget()
        try Ledger().begin(.init(inputs: ledger, plan: "", version: ""), [], extra: [], on: &target)
        let findings = try findings(
            inputs, target: "INSERT INTO users (name) VALUES ('@alice:example.org')", synapse: synapse)
        #expect(
            findings.map(\.message)
                == (ledger == "ours"
                    ? [] : ["it holds a migration that was begun otherwise"]))
    }

    @Test("know which Synapse schemas can be loaded", arguments: [(87, 84), (88, 84), (94, 84), (95, 90), (99, 95)])
    func schemaVersions(version: Int64, compatible: Int64) throws {
        let findings = try findings(
            inputs,
            target: """
                UPDATE schema_version SET version = \(version);
                UPDATE schema_compat_version SET compat_version = \(compatible)
                """)
        let expected: [Int64: Finding.Severity] = [87: .error, 95: .warning, 99: .error]
        #expect(findings.map(\.severity) == (expected[version].map { [$0] } ?? []))
    }

    @Test("see that a server still runs", arguments: [true, false])
    func running(mayRun: Bool) throws {
        var inputs = inputs
        inputs.serversMayRun = mayRun
        let synapse = try SynapseSchema.make()
        var dendrite = try Connection(TemporaryDatabase.conninfo + " application_name=dendrite", side: "")
        var other = try Connection(synapse, side: "")
        let findings = try findings(inputs, synapse: synapse)
        #expect(
            findings.map(\.message) == [
                "others are connected to it: dendrite", "others are connected to it: role postgres",
            ])
        #expect(findings.allSatisfy { $0.severity == (mayRun ? .warning : .error) })
        for number in try [dendrite.integer("SELECT 1"), other.integer("SELECT 1")] { #expect(number == 1) }
    }

    @Test("see that somebody writes to Dendrite's database, whoever it is")
    func writing() throws {
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        let sessions = Sessions(source: TemporaryDatabase.conninfo, target: "")
        var source = try sessions.openSource()
        let before = try source.sequenceValues()
        var writer = try TemporaryDatabase.connect()
        try writer.execute("SELECT nextval('roomserver_event_nid_seq')")
        _ = consume writer
        let whole = DendriteDatabase(
            conninfo: TemporaryDatabase.conninfo, components: DendriteConfiguration.Component.allCases)
        let check = SourceCheck(
            inputs: inputs, database: whole, sequencesBefore: before.merging(["public.gone": "1"]) { $1 })
        #expect(
            source.findings(of: check.checks).map(\.message).contains(
                "somebody writes to it: public.gone went on during the checks"))
    }

    @Test("count the newest events that the sync component lacks, wherever it has the others")
    func lag() throws {
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        var source = try TemporaryDatabase.connect()
        let database = DendriteDatabase(
            conninfo: TemporaryDatabase.conninfo, components: DendriteConfiguration.Component.allCases)
        func waiting() -> [String] {
            let checks = SourceContentCheck(inputs: inputs, database: database).checks
            return source.findings(of: checks).map(\.message).filter { $0.contains("have not reached clients") }
        }
        #expect(waiting() == [])
        // Of five events that were sent the component has one among its newest and one far below them, and one that was not sent.
        try source.execute(
            """
            INSERT INTO roomserver_events (event_nid, room_nid, event_type_nid, event_state_key_nid, sent_to_output, state_snapshot_nid,
                depth, event_id, auth_event_nids)
            SELECT n, 1, 65536, 0, n < 6, 1, n, '$' || n, '{}' FROM generate_series(1, 6) n;
            INSERT INTO syncapi_output_room_events (id, event_id, room_id, headered_event_json, type, sender, contains_url)
            SELECT CASE n WHEN 1 THEN -1 WHEN 5 THEN 30000 ELSE n END, '$' || CASE WHEN n IN (1, 5, 6) THEN '' ELSE 'far ' END || n, '!r', '{}', '', '', false
            FROM generate_series(1, 20010) n
            """)
        #expect(waiting() == ["3 new events have not reached clients: Dendrite was stopped while it was busy"])
    }

    @Test("name a database without Dendrite's tables once, and not each question that it cannot answer")
    func emptySource() throws {
        let findings = HomeserverCheck(inputs).findings(
            Self.servers(TemporaryDatabase.conninfo, try SynapseSchema.make()))
        #expect(findings.map(\.message) == ["it holds none of Dendrite's tables"])
    }

    @Test("want to read all of the source and to own all of the target")
    func privileges() throws {
        let synapse = try SynapseSchema.make()
        var owner = try Connection(synapse, side: "")
        let role = "reader_\(UUID().uuidString.lowercased().prefix(8))"
        try owner.execute("CREATE ROLE \(identifier: role) LOGIN")
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        let asRole = " user=\(role)"
        let servers = Self.servers(TemporaryDatabase.conninfo + asRole, synapse + asRole)
        let messages = HomeserverCheck(inputs).findings(servers).map(\.message)
        #expect(messages.contains { $0.hasPrefix("the role \(role) may not read federationsender_blacklist, ") })
        #expect(messages.contains { $0.hasPrefix("the role \(role) does not own access_tokens, ") })
        #expect(messages.contains { $0.hasPrefix("the role may not create a schema in it") })
    }

    @Test("refuse a source of which the role would see some rows only")
    func hiddenRows() throws {
        var owner = try TemporaryDatabase.connect()
        let role = "reader_\(UUID().uuidString.lowercased().prefix(8))"
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        try owner.execute(
            """
            CREATE ROLE \(identifier: role) LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(identifier: role);
            GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO \(identifier: role);
            ALTER TABLE userapi_accounts ENABLE ROW LEVEL SECURITY
            """)
        _ = consume owner
        let conninfo = TemporaryDatabase.conninfo + " user=\(role)"
        let findings = HomeserverCheck(inputs).findings(Self.servers(conninfo, try SynapseSchema.make()))
        #expect(
            findings.map(\.message) == ["row-level security hides rows of userapi_accounts from the role \(role)"])
        var reader = try Sessions(source: conninfo, target: "").openSource()
        #expect(throws: PostgresError.self) { try reader.rows("SELECT * FROM userapi_accounts") }
    }

    @Test("refuse numbers of events that leave no room for others", arguments: [Int64.max, .min])
    func impossibleNumber(number: Int64) throws {
        let findings = try findings(
            inputs,
            source: """
                INSERT INTO roomserver_events (event_nid, room_nid, event_type_nid, event_state_key_nid, depth, event_id, auth_event_nids)
                VALUES (\(number), 1, 1, 1, 1, '$a', '{}')
                """)
        #expect(
            findings.first?.message == "roomserver_events has a row whose event_nid is \(number): the table is damaged")
        #expect(findings.first?.severity == .error)
    }

    @Test("find Dendrite's tables in whichever schema the role looks, and say where else they are")
    func otherSchema() throws {
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        var owner = try TemporaryDatabase.connect()
        try owner.execute("ALTER SCHEMA public RENAME TO \"Dend-X\"; CREATE SCHEMA public")
        _ = consume owner
        let synapse = try SynapseSchema.make()
        let inside = TemporaryDatabase.conninfo + #" options='-c search_path="Dend-X" -c quote_all_identifiers=on'"#
        #expect(HomeserverCheck(inputs).findings(Self.servers(inside, synapse)) == [])
        let findings = HomeserverCheck(inputs).findings(Self.servers(TemporaryDatabase.conninfo, synapse))
        #expect(
            findings.map(\.message) == [
                "Dendrite's tables are in its schema Dend-X, and the role postgres looks in public"
            ])
    }

    @Test("want a target that takes writes, and no other's schema of our name")
    func unwritableTarget() throws {
        let synapse = try SynapseSchema.make()
        let readOnly = synapse + " options='-c default_transaction_read_only=on'"
        #expect(
            try findings(inputs, target: "CREATE SCHEMA matrix_loader", synapse: synapse).map(\.message)
                == ["it has a schema matrix_loader without a migration in it"])
        #expect(
            HomeserverCheck(inputs).findings(Self.servers(TemporaryDatabase.conninfo, readOnly)).map(\.message)
                .contains("it takes no writes, as default_transaction_read_only is on"))
    }

    @Test("say which side cannot be reached, and still check the other")
    func unreachable() throws {
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        var dendrite = try TemporaryDatabase.connect()
        try dendrite.execute("DROP TABLE userapi_pushers")
        _ = consume dendrite
        let findings = HomeserverCheck(inputs).findings(
            Self.servers(TemporaryDatabase.conninfo, "host=\(TemporaryFolder.path) dbname=x"))
        #expect(findings.map(\.subject) == ["Dendrite's database", "Synapse's database"])
        #expect(findings.last?.message.hasPrefix("it cannot be reached: ") == true)
    }

    @Test("do not take any database for the right one")
    func wrongDatabases() throws {
        let other = try TemporaryDatabase.make()
        let findings = HomeserverCheck(inputs).findings(Self.servers(other, other))
        #expect(findings.map(\.message).contains("it holds none of Dendrite's tables"))
        #expect(findings.map(\.message).contains("it holds no tables of Synapse's"))
    }
}
