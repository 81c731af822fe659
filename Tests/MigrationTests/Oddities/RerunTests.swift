// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("Running again", .temporaryDatabase)
struct RerunTests {
    /// Two servers' worth of everything that loads depend on each other for.
    private func server() throws -> OddServer {
        let server = try OddServer()
        for number in 0..<4 {
            let room = server.room("!r\(number):example.org", version: number == 3 ? "6" : "10")
            room.join("@bob:example.org")
            room.state("m.room.topic", content: #"{"topic":"old"}"#)
            let message = room.say("hello")
            room.send(
                "m.reaction",
                content: #"{"m.relates_to":{"rel_type":"m.annotation","event_id":"\#(message.id)","key":"+"}}"#)
            room.state("m.room.topic", content: #"{"topic":"new"}"#)
            let redaction = room.send(
                "m.room.redaction", content: "{}", .init(members: [#""redacts":"\#(message.id)""#]))
            room.say("not seen yet", .late)
            room.say("no", .rejected)
            server.add(
                """
                INSERT INTO roomserver_redactions VALUES (\(redaction.id), \(message.id), true);
                INSERT INTO roomserver_room_aliases VALUES (\("#a\(number):example.org"), \(room.id), '@alice:example.org');
                INSERT INTO syncapi_receipts (room_id, receipt_type, user_id, event_id, receipt_ts)
                VALUES (\(room.id), 'm.read', '@bob:example.org', \(message.id), 5)
                """)
        }
        server.invite(
            "@bob:example.org", to: "!far:far.example", nid: server.stub("!far:far.example"), eventID: "$invite",
            syncID: server.next("syncapi_stream_id"))
        return server
    }

    /// Every row of every table as text, but for times of loading.
    private func contents(of database: String) throws -> [String: [String]] {
        var connection = try Connection(database, side: "the test's target")
        var contents: [String: [String]] = [:]
        for row in try connection.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1") {
            guard let table = row[0] else { continue }
            contents[table] = try connection.rows(
                """
                SELECT (to_jsonb(t) - 'last_check' - 'ts_added_ms' - 'creation_ts')::text FROM \(identifier: table) t ORDER BY 1
                """
            ).compactMap { $0[0] }
        }
        contents["sequences"] = try connection.rows(
            "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
        ).map { "\($0)" }
        contents["indexes"] = try connection.rows(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        ).compactMap { $0[0] }
        contents["constraints"] = try connection.rows(
            """
            SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace ORDER BY 1
            """
        ).compactMap { $0[0] }
        return contents
    }

    private func expectSame(_ contents: [String: [String]], _ expected: [String: [String]]) {
        #expect(contents.keys.sorted() == expected.keys.sorted())
        for (table, rows) in expected { #expect(contents[table] == rows, "\(table)") }
    }

    @Test("what is done says so and changes nothing")
    func twice() async throws {
        let server = try server()
        try await server.migrate()
        let before = try contents(of: server.target)
        let ledger = try server.rows("SELECT id, rows, finished_at FROM matrix_loader.load ORDER BY 1")
        #expect(try await server.migration().run() == .alreadyDone)
        expectSame(try contents(of: server.target), before)
        #expect(try server.rows("SELECT id, rows, finished_at FROM matrix_loader.load ORDER BY 1") == ledger)
    }

    @Test(
        "what was stopped ends as if it never had been",
        arguments: [
            "events", "state_groups", "receipts_linearized", "room_alias_servers", "event_forward_extremities",
            "federation_stream_position",
        ])
    func stopped(table: String) async throws {
        let server = try server()
        try server.write()
        let stop = StopRequest()
        // Somebody else has the table, so the load that needs it waits and can be stopped for certain.
        var holder = try Connection(server.target, side: "the test's target")
        try holder.execute("BEGIN")
        try holder.execute("LOCK TABLE \(identifier: table) IN EXCLUSIVE MODE")
        let watcher = Task.detached { [target = server.target] in
            defer { stop.request() }
            var watcher = try Connection(target, side: "the test's target")
            let waiting: SQL = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = \(table)::regclass"
            while !Task.isCancelled, try watcher.integer(waiting) == 0 { try await Task.sleep(for: .milliseconds(20)) }
        }
        await #expect(throws: CancellationError.self) { _ = try await server.migration(stop: stop, workers: 1).run() }
        watcher.cancel()
        _ = await watcher.result
        try holder.execute("ROLLBACK")
        #expect(try server.rows("SELECT finished_at FROM matrix_loader.migration") == ["-"])
        #expect(try await server.migration(workers: 2).run() == .done)

        let undisturbed = try SynapseSchema.make()
        _ = try await Migration(Homeservers(serverName: OddServer.name, source: server.source, target: undisturbed))
            .run()
        expectSame(try contents(of: server.target), try contents(of: undisturbed))
    }

    @Test("at the same time is refused")
    func atOnce() async throws {
        let server = try server()
        try server.write()
        var other = try Connection(server.target, side: "the test's target")
        try other.execute("SELECT pg_advisory_lock(\(Migration.lock))")
        await #expect(throws: MigrationError.self) { _ = try await server.migration().run() }
        #expect(try server.rows("SELECT to_regclass('matrix_loader.migration')") == ["-"])
    }

    @Test("after Dendrite wrote something more is refused")
    func changedSource() async throws {
        let server = try server()
        try server.write()
        var holder = try Connection(server.target, side: "the test's target")
        try holder.execute("BEGIN; LOCK TABLE receipts_linearized IN EXCLUSIVE MODE")
        let stop = StopRequest()
        let watcher = Task.detached { [target = server.target] in
            var watcher = try Connection(target, side: "the test's target")
            while !Task.isCancelled, try watcher.value("SELECT to_regclass('matrix_loader.migration')") == nil {
                try await Task.sleep(for: .milliseconds(5))
            }
            stop.request()
        }
        await #expect(throws: CancellationError.self) { _ = try await server.migration(stop: stop).run() }
        watcher.cancel()
        _ = await watcher.result
        holder.rollBack()
        _ = server.room("!new:example.org")
        try server.write()
        let error = await #expect(throws: MigrationError.self) { _ = try await server.migration().run() }
        #expect(error?.description.contains("begun differently") == true)
    }
}
