// SPDX-License-Identifier: Apache-2.0
import Generator
import Postgres
import TestSupport

@testable import Loader
@testable import Migration

/// A Dendrite server with a few rows and what becomes of it: everything of people's, in Synapse's real schema.
struct PeopleServer {
    static let now: Int64 = 1_700_000_000_000
    static let firstFreeStream: Int64 = 1000
    private let source = TemporaryDatabase.conninfo
    private let target: String

    var plan = Plan(
        serverName: "example.org", now: now, streamOrdering: StreamOrdering(highestSyncID: 100, highestEventNID: 100),
        firstFreeStream: firstFreeStream, applicationServiceTokens: ["the bridge's token"],
        applicationServices: ["bridge"])
    var onReject = RowSink.OnReject.stop

    /// Makes both databases; `rows` go into Dendrite's.
    init(_ rows: SQL) throws {
        target = try SynapseSchema.make()
        try DendriteSchema.apply(to: source)
        var connection = try TemporaryDatabase.connect()
        try connection.execute(
            """
            INSERT INTO userapi_accounts (localpart, server_name, created_ts, password_hash, appservice_id, is_deactivated, account_type)
            VALUES ('alice', 'example.org', 1600000000999, '$2a$04$x', '', false, 1),
                   ('bob', 'example.org', 1600000000000, '', NULL, NULL, 3),
                   ('gone', 'example.org', 1600000000000, '$2a$04$y', '', true, 1);
            INSERT INTO userapi_devices (access_token, session_id, device_id, localpart, server_name, created_ts, last_seen_ts)
            VALUES ('a1', 1, 'PHONE', 'alice', 'example.org', 5, 6), ('b1', 2, 'LAPTOP', 'bob', 'example.org', 5, 6);
            """)
        try connection.execute(rows)
        // Tests call cross-signing keys by short names, which are made as long as keys are; `rows` takes that away again.
        try connection.execute(
            """
            CREATE TEMPORARY TABLE named AS SELECT DISTINCT key_data FROM keyserver_cross_signing_keys WHERE key_data <> '~';
            UPDATE keyserver_cross_signing_sigs SET origin_key_id = rpad(origin_key_id, 51, '+')
            WHERE substr(origin_key_id, 9) IN (SELECT key_data FROM named);
            UPDATE keyserver_cross_signing_sigs SET target_key_id = rpad(target_key_id, 51, '+')
            WHERE substr(target_key_id, 9) IN (SELECT key_data FROM named);
            UPDATE keyserver_cross_signing_keys SET key_data = rpad(key_data, 43, '+') WHERE key_data <> '~'
            """)
    }

    /// Puts rows into Synapse's database, such as those that other areas write.
    func prepare(_ rows: SQL) throws {
        var connection = try Connection(target, side: "the test's target")
        try connection.execute(rows)
    }

    /// Loads all areas and says what was left behind, by name.
    @discardableResult
    func migrate() async throws -> [String: Int] {
        let loads = plan.peopleAreas.flatMap(\.loads)
        var connection = try Connection(target, side: "the test's target")
        let migration = Ledger.Migration(inputs: "", plan: "", version: "", isFinished: false)
        try Ledger().begin(migration, loads, extra: Plan.creatingStagingTables, on: &connection)
        var settings = Loader.Settings()
        settings.onReject = onReject
        try await Loader(
            sessions: Sessions(source: source, target: target), settings: settings, progress: LoadProgress()
        ).run(loads)
        var left = Dictionary(try Ledger().leftOut(on: &connection).map { ($0.what, $0.rows) }, uniquingKeysWith: +)
        var dendrite = try Connection(source, side: "the test's source")
        for omission in plan.peopleAreas.flatMap(\.omissions) {
            if let count = try dendrite.integer(omission.count), count > 0 { left[omission.what] = Int(count) }
        }
        return left
    }

    /// Rows of Synapse's database, each as its columns' text between bars, NULL as `-`.
    func rows(_ query: SQL) throws -> [String] {
        var connection = try Connection(target, side: "the test's target")
        return try connection.rows(query).map {
            $0.map { $0 ?? "-" }.joined(separator: "|").replacing(/\+{9,}/, with: "")
        }
    }

    /// Why rows were rejected.
    func rejected() throws -> [String] {
        var connection = try Connection(target, side: "the test's target")
        return try Ledger().rejected(on: &connection).map(\.row.description)
    }
}
