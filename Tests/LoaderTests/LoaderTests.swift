// SPDX-License-Identifier: Apache-2.0
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Loader

@Suite("The loader", .temporaryDatabase)
struct LoaderTests {
    private static let people = Table("people", .bigint("id"), .text("name"))
    private static let initials = Table("initials", .text("letter"))

    private func prepare(_ statements: SQL...) throws -> Connection {
        var connection = try TemporaryDatabase.connect()
        try connection.execute(
            """
            CREATE TABLE people (id bigint, name text); CREATE TABLE initials (letter text NOT NULL);
            CREATE VIEW source AS SELECT i::bigint AS id, chr(96 + i) || 'da' AS name FROM generate_series(1, 5) i
            """)
        for statement in statements { try connection.execute(statement) }
        return connection
    }

    /// One row of each table per row of the source, or none where `reason` gives one.
    private static func mapped(_ reason: @escaping @Sendable (Int64) -> String?) -> TableLoad {
        TableLoad("mapped", into: [people, initials], weight: 5, from: "SELECT id, name FROM source ORDER BY id") {
            { row, sink throws(RejectedRow) in
                var fields = row.fields
                guard let id = fields.int64(), let name = fields.string() else { return }
                sink.append(to: people) { buffer in
                    buffer.write(id)
                    buffer.write(name)
                }
                if let reason = reason(id) { throw RejectedRow(key: name, column: "id", reason: reason) }
                sink.append(to: initials) { $0.write(String(name.prefix(1))) }
            }
        }
    }

    @Test("passes rows through unread, and through a mapping")
    func loads() async throws {
        var target = try prepare("CREATE TABLE copy (id bigint, name text)")
        let passing = TableLoad(into: "copy", from: "SELECT name, id FROM source")
        try await TestLoads.run([passing, Self.mapped { _ in nil }])
        #expect(try target.rows("SELECT * FROM copy ORDER BY id") == target.rows("SELECT * FROM source ORDER BY id"))
        #expect(try target.rows("SELECT * FROM people ORDER BY id") == target.rows("SELECT * FROM source ORDER BY id"))
        #expect(try target.value("SELECT string_agg(letter, '' ORDER BY letter) FROM initials") == "abcde")
        let loaded = try Ledger().loadedRows(on: &target)
        #expect(loaded.map(\.table) == ["copy", "initials", "people"])
        #expect(loaded.map(\.rows) == [5, 5, 5])
    }

    @Test("sends rows in as many batches as it takes")
    func batches() async throws {
        var target = try prepare()
        var settings = Loader.Settings()
        settings.batchBytes = 1
        try await TestLoads.run([Self.mapped { _ in nil }], settings)
        #expect(try target.integer("SELECT count(*) FROM people JOIN initials ON letter = left(name, 1)") == 5)
    }

    @Test("leaves nothing of a rejected row anywhere, and goes on if told so")
    func skip() async throws {
        var target = try prepare()
        var settings = Loader.Settings()
        settings.onReject = .skip
        try await TestLoads.run([Self.mapped { $0 == 3 ? "too odd" : nil }], settings)
        #expect(try target.value("SELECT string_agg(name, ' ' ORDER BY id) FROM people") == "ada bda dda eda")
        #expect(try target.value("SELECT string_agg(letter, '' ORDER BY letter) FROM initials") == "abde")
        let rejected = try Ledger().rejected(on: &target)
        #expect(rejected.map(\.row) == [RejectedRow(key: "cda", column: "id", reason: "too odd")])
        #expect(try Ledger().loads(on: &target).map(\.rejected) == [1])
    }

    @Test("leaves nothing of a load that was stopped by a rejected row, and starts it again in the next run")
    func stop() async throws {
        var target = try prepare()
        var settings = Loader.Settings()
        settings.batchBytes = 1
        try TestLoads.begin([Self.mapped { _ in nil }])
        await #expect(throws: RejectedRow(key: "dda", column: "id", reason: "too odd")) {
            try await TestLoads.resume([Self.mapped { $0 == 4 ? "too odd" : nil }], settings)
        }
        #expect(try target.integer("SELECT count(*) FROM people") == 0)
        #expect(try target.integer("SELECT count(*) FROM matrix_loader.rejected_row") == 0)
        try await TestLoads.resume([Self.mapped { _ in nil }])
        #expect(try target.integer("SELECT count(*) FROM people") == 5)
    }

    @Test("does nothing in a second run")
    func secondRun() async throws {
        var target = try prepare()
        let loads = [
            Self.mapped { _ in nil },
            TableLoad("derived", into: ["initials"], statements: ["INSERT INTO initials SELECT name FROM people"]),
        ]
        try await TestLoads.run(loads)
        let before = try target.rows("SELECT xmin, letter FROM initials ORDER BY letter")
        try await TestLoads.resume(loads)
        #expect(before.count == 10)
        #expect(try target.rows("SELECT xmin, letter FROM initials ORDER BY letter") == before)
    }

    @Test("goes on after a failure with what is left, and keeps what was done")
    func resume() async throws {
        var target = try prepare()
        let good = TableLoad(into: "people", weight: 9, from: "SELECT id, name FROM source")
        let failing = TableLoad(into: "initials", from: "SELECT CASE WHEN id < 5 THEN name END AS letter FROM source")
        var settings = Loader.Settings()
        settings.workers = 1
        try TestLoads.begin([good, failing])
        let error = await #expect(throws: PostgresError.self) { try await TestLoads.resume([good, failing], settings) }
        #expect(error?.sqlState == "23502")
        #expect(error?.side == "Synapse's database")
        #expect(error?.context?.hasPrefix("COPY initials, line 5") == true)
        let counts: SQL = "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM initials)"
        #expect(try target.rows(counts) == [["5", "0"]])
        try await TestLoads.resume([good, TableLoad(into: "initials", from: "SELECT name AS letter FROM source")])
        #expect(try target.rows(counts) == [["5", "5"]])
    }

    @Test("does not take a transaction that PostgreSQL gave up for a commit")
    func swallowedError() async throws {
        var target = try prepare()
        let load = TableLoad("swallowing", into: [Self.initials]) { _, sink in
            sink.append(to: Self.initials) { $0.write("x") }
            try sink.flush()
            _ = try? sink.target.execute("SELECT 1 / 0")
        }
        await #expect(throws: PostgresError.self) { try await TestLoads.run([load]) }
        #expect(try Ledger().loads(on: &target).first?.seconds == nil)
    }

    @Test("lets a load leave rows of the source unread")
    func unreadRows() async throws {
        var target = try prepare()
        let load = TableLoad("first of many", into: [Self.people]) { source, sink in
            for _ in 1...2 {
                let first = try source.copyOut("SELECT g::bigint FROM generate_series(1, 100000) g") { reader in
                    var fields = try reader.next()?.fields
                    return fields?.int64()
                }
                sink.append(to: Self.people) { buffer in
                    buffer.write(first)
                    buffer.writeNull()
                }
            }
        }
        try await TestLoads.run([load])
        #expect(try target.rows("SELECT id FROM people") == [["1"], ["1"]])
    }

    @Test("starts with the heaviest load")
    func heaviestFirst() async throws {
        _ = try prepare()
        let loads = [3, 9, 1, 7].map { weight in
            TableLoad(into: "people", id: "load \(weight)", weight: weight, from: "SELECT id FROM source")
        }
        var settings = Loader.Settings()
        settings.workers = 1
        let timeline = Timeline()
        try TestLoads.begin(loads)
        try await TestLoads.resume(loads, settings, timeline: timeline)
        #expect(timeline.spans.map(\.step).filter { $0.hasPrefix("load") } == ["load 9", "load 7", "load 3", "load 1"])
    }

    @Test("runs no load twice, however many workers and processes there are")
    func onlyOnce() async throws {
        var target = try prepare()
        let runs = Mutex(0)
        let loads = (1...30).map { number in
            TableLoad("load \(number)", into: [Self.people]) { _, sink in
                runs.withLock { $0 += 1 }
                sink.append(to: Self.people) { buffer in
                    buffer.write(Int64(number))
                    buffer.writeNull()
                }
            }
        }
        var settings = Loader.Settings()
        settings.workers = 4
        try TestLoads.begin(loads)
        async let one: Void = TestLoads.resume(loads, settings)
        async let other: Void = TestLoads.resume(loads, settings)
        _ = try await (one, other)
        #expect(runs.withLock { $0 } == 30)
        #expect(try target.rows("SELECT count(*), count(DISTINCT id) FROM people") == [["30", "30"]])
    }

    @Test(
        "begins a stage only when all loads of the one before are done, by whichever process",
        .timeLimit(.minutes(10)))
    func stages() async throws {
        var target = try prepare()
        try target.execute("SELECT pg_advisory_lock(1)")
        let loads = [
            TableLoad("slow", into: [Self.initials]) { _, sink in
                try sink.target.execute("SELECT pg_advisory_lock(1)")
                sink.append(to: Self.initials) { $0.write("x") }
            },
            TableLoad(
                "derived", into: ["people"], statements: ["INSERT INTO people SELECT count(*), 'rows' FROM initials"]),
        ]
        var settings = Loader.Settings()
        settings.workers = 1
        try TestLoads.begin(loads)
        async let one: Void = TestLoads.resume(loads, settings)
        async let other: Void = TestLoads.resume(loads, settings)
        // Where the test ends early, they must as well: their end is waited for.
        defer { _ = try? target.execute("SELECT pg_advisory_unlock_all()") }
        // One of them runs the slow load, the other has nothing to do but wait for it.
        while try target.integer(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'matrix-loader%' AND wait_event_type = 'Lock'
            """) != 2
        { try await Task.sleep(for: .milliseconds(5)) }
        try target.execute("SELECT pg_advisory_unlock(1)")
        _ = try await (one, other)
        #expect(try target.rows("SELECT * FROM people") == [["1", "rows"]])
    }

    @Test("keeps the WAL writer awake while it fills tables", .timeLimit(.minutes(10)))
    func pulse() async throws {
        _ = try prepare()
        let beat: SQL = """
            SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'matrix-loader WAL writer' AND query LIKE '%txid_current()'
            """
        try await TestLoads.run([
            TableLoad("waiting", into: [Self.initials]) { source, _ in
                while try source.value(beat) == nil {
                    try source.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.01)")
                }
            }
        ])
    }

    @Test("stops when asked to, with nothing half done, and goes on later")
    func stopRequest() async throws {
        var target = try prepare()
        let stop = StopRequest()
        func load(_ isInterrupted: Bool) -> TableLoad {
            TableLoad("interrupted", into: [Self.initials]) { _, sink in
                sink.append(to: Self.initials) { $0.write("x") }
                try sink.flush()
                if isInterrupted {
                    stop.request()
                    try sink.target.execute("SELECT pg_sleep(3600)")
                }
            }
        }
        try TestLoads.begin([load(true)])
        await #expect(throws: CancellationError.self) { try await TestLoads.resume([load(true)], stop: stop) }
        #expect(try target.integer("SELECT count(*) FROM initials") == 0)
        try await TestLoads.resume([load(false)])
        #expect(try target.integer("SELECT count(*) FROM initials") == 1)
    }

    @Test("stops a query that begins after somebody asked to stop, on connections opened before and after")
    func stopBetweenQueries() throws {
        let stop = StopRequest()
        var earlier = try TemporaryDatabase.connect()
        stop.register(earlier.canceller)
        #expect(try earlier.integer("SELECT 1") == 1)
        stop.request()
        var later = try TemporaryDatabase.connect()
        stop.register(later.canceller)
        for _ in 0..<2 {
            let ends = [
                #expect(throws: PostgresError.self) { try earlier.execute("SELECT pg_sleep(10)") },
                #expect(throws: PostgresError.self) { try later.execute("SELECT pg_sleep(10)") },
            ]
            #expect(ends.map { $0?.sqlState } == ["57014", "57014"])
            #expect(ends.allSatisfy { $0.map { stop.meaning(of: $0) is CancellationError } == true })
        }
    }
}
