// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Postgres
import TestSupport
import Testing

/// The program on servers that both have several databases, as their configuration files say.
@Suite("A migration between servers with several databases", .temporaryDatabase, .temporaryFolder)
struct DividedServersTests {
    private static let options = ["--dendrite-config", "dendrite.yaml", "--synapse-config", "homeserver.yaml"]

    private static func prepare() async throws -> (main: String, state: String) {
        let folder = TemporaryFolder.url
        var settings = GeneratorSettings()
        (settings.events, settings.rooms, settings.users, settings.mediaFiles) = (300, 5, 8, 3)
        let rooms = TemporaryDatabase.conninfo
        try await Homeserver.generate(
            settings, into: rooms, mediaFolder: folder.appending(path: "media"),
            signingKey: folder.appending(path: "matrix_key.pem"))
        let clients = try TemporaryDatabase.make(template: String(rooms.split(separator: "dbname=").last ?? ""))
        let synapse = try SynapseSchema.makeSplit()
        try """
        version: 2
        global:
          server_name: example.org
          private_key: matrix_key.pem
          database: {connection_string: "\(rooms) sslmode=disable"}
        media_api: {base_path: ./media}
        sync_api: {database: {connection_string: "\(clients) sslmode=disable"}}
        user_api: {account_database: {connection_string: "\(clients) sslmode=disable"}}
        """.write(to: folder.appending(path: "dendrite.yaml"), atomically: true, encoding: .utf8)
        func arguments(_ conninfo: String) -> String {
            conninfo.split(separator: " ").map { $0.replacing("=", with: ": ") }.joined(separator: ", ")
        }
        try """
        server_name: example.org
        databases:
          everything: {name: psycopg2, data_stores: [main], args: {\(arguments(synapse.main))}}
          rooms: {name: psycopg2, data_stores: [state], args: {\(arguments(synapse.state))}}
        signing_key_path: signing.key
        media_store_path: store
        """.write(to: folder.appending(path: "homeserver.yaml"), atomically: true, encoding: .utf8)
        return synapse
    }

    @Test("goes on wherever it is killed, ends whole, and can be undone")
    func killed() async throws {
        let synapse = try await Self.prepare()
        let check = try Run(["check"] + Self.options)
        #expect(check.status == 11, "\(check.output)\(check.errors)")
        #expect(check.output.contains("its components use 2 databases, "))
        let target = ["--synapse-config", "homeserver.yaml"]
        for place in ["gathering", "gathered", "begun", "after-commit:5", "before-completion", "state-handed-over"] {
            let killed = try Run(["migrate"] + Self.options, environment: ["MATRIX_LOADER_FAILPOINT": place])
            #expect(killed.status == -9, "\(place): \(killed.errors)")
            #expect(try Run(["status"] + target).status == 0)
        }
        let last = try Run(["migrate"] + Self.options)
        #expect(last.status == 0, "\(last.errors)")
        let verify = try Run(["verify"] + Self.options)
        #expect(verify.status == 0, "\(verify.output)\(verify.errors)")
        #expect(try Run(["migrate"] + Self.options + ["--json"]).output.contains(#""outcome" : "already done""#))
        try expectBarrier(of: synapse.main, whereAbortIsKilled: ["given-up", "given-up:2", "undoing"], target)
        try expectBarrier(of: synapse.main, whereAbortIsKilled: ["state-undone", "undoing"], target)
        let refused = try Run(["migrate"] + Self.options)
        #expect(refused.status == 1 && refused.lastError.contains("run 'abort' again"))
        #expect(try Run(["abort"] + target).status == 0)
        var compatible = try Connection(synapse.main + " application_name=psql", side: "the test's Synapse")
        #expect(try compatible.integer("SELECT compat_version FROM schema_compat_version") ?? 999 < 100)
        for (database, table) in [(synapse.main, "events"), (synapse.state, "state_groups")] {
            var connection = try Connection(database, side: "the test's Synapse")
            #expect(try connection.integer("SELECT count(*) FROM \(identifier: table)") == 0)
            #expect(try connection.value("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'matrix%'") == nil)
        }
        let dry = try Run(["migrate", "--dry-run"] + Self.options)
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(try Run(["status"] + target).output == "No migration was begun in this database.\n")
        #expect(try Run(["migrate"] + Self.options).status == 0)
        #expect(try Run(["forget"] + target).status == 0)
    }

    /// Kills one undoing after the other, each at another place: Synapse must not start on what is left.
    private func expectBarrier(of main: String, whereAbortIsKilled places: [String], _ target: [String]) throws {
        for place in places {
            let killed = try Run(["abort"] + target, environment: ["MATRIX_LOADER_FAILPOINT": place])
            #expect(killed.status == -9, "\(place): \(killed.errors)")
            var connection = try Connection(main + " application_name=psql", side: "the test's Synapse")
            #expect(try connection.integer("SELECT compat_version FROM schema_compat_version") == 2_147_483_647)
        }
    }

    @Test("is finished by workers that joined, where the process that began it is gone")
    func joined() async throws {
        let synapse = try await Self.prepare()
        let migrate = ["migrate", "--skip-media"] + Self.options
        let killed = try Run(migrate, environment: ["MATRIX_LOADER_FAILPOINT": "after-commit:5"])
        #expect(killed.status == -9, "\(killed.errors)")
        let workers = try (1...3).map { _ in try RunningProgram(["worker", "--join", "--workers=1"] + Self.options) }
        let ends = try workers.map { try $0.wait() }
        #expect(ends.map(\.status) == [0, 0, 0], "\(ends.map(\.errors))")
        #expect(ends.count { $0.output.contains("did the last of it") } == 1)
        // What workers leave to it, and then nothing.
        #expect(try Run(migrate + ["--json"]).output.contains(#""outcome" : "done""#))
        #expect(try Run(migrate + ["--json"]).output.contains(#""outcome" : "already done""#))
        let verify = try Run(["verify", "--skip-media"] + Self.options)
        #expect(verify.status == 0, "\(verify.output)\(verify.errors)")
        var state = try Connection(synapse.state, side: "the test's Synapse")
        #expect(try state.integer("SELECT count(*) FROM state_groups") ?? 0 > 0)
        var main = try Connection(synapse.main, side: "the test's Synapse")
        #expect(try main.value("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'matrix_loader_%'") == nil)
    }
}
