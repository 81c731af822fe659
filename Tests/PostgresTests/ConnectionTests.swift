// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite("A connection", .temporaryDatabase)
struct ConnectionTests {
    /// The keyword form of the running test's database, taken apart.
    private var parameters: [String: String] {
        Dictionary(
            uniqueKeysWithValues: TemporaryDatabase.conninfo.split(separator: " ").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts[0], parts[1])
            })
    }

    @Test(
        "opens what either server's configuration can name",
        arguments: [
            "host=HOST port=PORT user=USER dbname=NAME", "host='HOST' dbname='NAME' user = 'USER'  port= 'PORT'",
            "postgresql://USER@:PORT/NAME?host=HOST", "postgres:///NAME?host=HOST&user=USER&port=PORT",
            "postgresql://USER:p%40ss@ENCODED:PORT/NAME?sslmode=disable",
            "postgresql://USER@ENCODED:PORT/NAME?application_name=dendrite&connect_timeout=3",
        ])
    func forms(form: String) throws {
        let host = try #require(parameters["host"]), name = try #require(parameters["dbname"])
        let conninfo = form.replacing("ENCODED", with: host.replacing("/", with: "%2F")).replacing("HOST", with: host)
            .replacing("PORT", with: parameters["port"] ?? "5432").replacing("NAME", with: name)
            .replacing("USER", with: parameters["user"] ?? "postgres")
        var connection = try Connection(conninfo, side: "a side")
        #expect(try connection.value("SELECT current_database()") == name)
        let (side, version) = (connection.side, connection.serverVersion)
        #expect(side == "a side")
        #expect(version >= 140_000)
    }

    @Test(
        "says why it cannot be opened, and on which side", arguments: ["host=/nowhere", "no conninfo", "postgres://[x"])
    func refused(conninfo: String) {
        #expect {
            _ = try Connection(conninfo, side: "Dendrite's database")
        } throws: { error in
            guard let error = error as? PostgresError else { return false }
            return error.side == "Dendrite's database" && error.sqlState == nil && !error.message.isEmpty
                && error.description.hasPrefix("Dendrite's database: ") && error.isConnectionLoss
        }
    }

    @Test("gives rows as text, with NULL as nil")
    func rows() throws {
        var connection = try TemporaryDatabase.connect()
        #expect(
            try connection.rows("VALUES (1, 'é', NULL), (2, '', 'x')") == [["1", "é", nil], ["2", "", "x"]])
        #expect(try connection.value("SELECT 1 WHERE false") == nil)
        #expect(try connection.integer("SELECT 9223372036854775807") == .max)
        #expect(try connection.integer("SELECT NULL") == nil)
        #expect(try connection.execute("CREATE TABLE t AS SELECT generate_series(1, 7)") == 7)
        #expect(try connection.execute("DELETE FROM t; INSERT INTO t VALUES (1), (2)") == 2)
    }

    @Test("keeps PostgreSQL's own words in its errors")
    func errors() throws {
        var connection = try TemporaryDatabase.connect()
        try connection.execute("CREATE TABLE users (name text PRIMARY KEY); INSERT INTO users VALUES ('secret')")
        let duplicate = #expect(throws: PostgresError.self) {
            try connection.execute("INSERT INTO users VALUES ('secret')")
        }
        #expect(duplicate?.sqlState == "23505")
        #expect(duplicate?.detail == "Key (name)=(secret) already exists.")
        #expect(duplicate?.side == "the test's PostgreSQL")
        #expect(duplicate?.description.contains("users_pkey") == true)
        // What users wrote stays out of what is printed.
        #expect(duplicate?.description.contains("=(secret)") == false)
        #expect(duplicate?.isConnectionLoss == false)
        let hinted = #expect(throws: PostgresError.self) { try connection.execute("SELECT lenth('x')") }
        #expect(hinted?.sqlState == "42883")
        #expect(hinted?.hint?.isEmpty == false)
        let nested = #expect(throws: PostgresError.self) {
            try connection.execute("DO $$ BEGIN RAISE 'no' USING HINT = 'try yes'; END $$")
        }
        #expect(nested?.context == "PL/pgSQL function inline_code_block line 1 at RAISE")
        #expect(nested?.hint == "try yes")
    }

    @Test(
        "keeps what users wrote out of what it says of errors",
        arguments: [
            (#"SELECT '{"body": secretword'::json"#, "22P02"), (#"SELECT '{"body": "secretword" x}'::jsonb"#, "22P02"),
            ("SELECT 'secretword'::bigint", "22P02"), ("SELECT '2000-13-01 secretword'::timestamp", "22007"),
            ("DO $$ BEGIN EXECUTE format('SELECT %L::json', '{secretword'); END $$", "22P02"),
            ("DO $$ BEGIN EXECUTE E'SELECT \nsecretword'; END $$", "42703"),
        ])
    func texts(statement: SQL, state: String) throws {
        var connection = try TemporaryDatabase.connect()
        let error = #expect(throws: PostgresError.self) { try connection.execute(statement) }
        #expect(error?.sqlState == state)
        // A column that does not exist is named, as it is no text but ours.
        if state != "42703" {
            #expect(error.map { "\($0)".contains("secretword") } == false, "\(error?.description ?? "none")")
        }
        #expect(error?.description.contains("SELECT") == false)
    }

    @Test("says in which line of a COPY, and in which function it was")
    func places() {
        func said(_ context: String) -> String {
            PostgresError(side: "a", message: "b", context: context).description
        }
        #expect(said(#"COPY t, line 3, column c: "secret""#) == "a: b; COPY t, line 3, column c")
        #expect(said("PL/pgSQL function f(text) line 3 at RAISE") == "a: b; PL/pgSQL function f(text) line 3 at RAISE")
        for context in [
            #"JSON data, line 1: {"body": secret"#, #"SQL statement "SELECT 'secret'""#,
            "unnamed portal with parameters",
            "JSON data, line 1: a\nCOPY secret", "\nCOPY secret",
        ] {
            #expect(said(context) == "a: b")
        }
    }

    @Test("knows a lost connection from a refused statement")
    func lost() throws {
        var connection = try TemporaryDatabase.connect()
        var other = try TemporaryDatabase.connect()
        let number = try #require(try connection.value("SELECT pg_backend_pid()"))
        try other.execute("SELECT pg_terminate_backend(\(raw: number))")
        let error = #expect(throws: PostgresError.self) {
            while true { try connection.execute("SELECT 1") }
        }
        #expect(error?.isConnectionLoss == true)
    }

    @Test("says which columns a query would give, and runs nothing")
    func columns() throws {
        var connection = try TemporaryDatabase.connect()
        try connection.execute("CREATE TABLE t (name text, CONSTRAINT never CHECK (false))")
        #expect(
            try connection.columns(
                of: "SELECT 1::bigint AS number, 'x' AS word, NULL AS nothing, '{}'::text[] AS list, 1/0 AS failing")
                == [
                    .bigint("number"), .text("word"), .text("nothing"), Column("list", .textArray), .integer("failing"),
                ])
        let error = #expect(throws: PostgresError.self) { try connection.columns(of: "SELECT nam FROM t") }
        #expect(error?.sqlState == "42703")
    }

    @Test("rolls a transaction back when its body throws, and keeps it when it returns")
    func transactions() throws {
        struct Stop: Error {}
        var connection = try TemporaryDatabase.connect()
        try connection.execute("CREATE TABLE t (number int)")
        #expect(throws: Stop.self) {
            try connection.transaction { connection in
                try connection.execute("INSERT INTO t VALUES (1)")
                #expect(try connection.value("SELECT 1 WHERE pg_current_xact_id_if_assigned() IS NOT NULL") == "1")
                throw Stop()
            }
        }
        let isStillOpen = connection.isInTransaction
        #expect(!isStillOpen)
        let result = try connection.transaction { connection in
            try connection.execute("INSERT INTO t VALUES (2)")
            return "done"
        }
        #expect(result == "done")
        #expect(try connection.rows("SELECT * FROM t") == [["2"]])
    }

    @Test("does not take a COMMIT that rolled back for one that did not")
    func commitOfFailedTransaction() throws {
        var connection = try TemporaryDatabase.connect()
        try connection.execute("CREATE TABLE t (number int)")
        let error = #expect(throws: PostgresError.self) {
            try connection.transaction { connection in
                try connection.execute("INSERT INTO t VALUES (1)")
                _ = try? connection.execute("SELECT 1 / 0")
            }
        }
        #expect(error?.sqlState == "25P02")
        let isStillOpen = connection.isInTransaction
        #expect(!isStillOpen)
        #expect(try connection.integer("SELECT count(*) FROM t") == 0)
    }

    @Test("can be cancelled from another thread")
    func cancelled() async throws {
        var connection = try TemporaryDatabase.connect()
        let canceller = connection.canceller
        let canceling = Task.detached {
            // Again and again: a request that comes before the statement does nothing.
            while !Task.isCancelled {
                canceller.cancel()
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
        let error = #expect(throws: PostgresError.self) { try connection.execute("SELECT pg_sleep(3600)") }
        canceling.cancel()
        await canceling.value
        #expect(error?.isCancellation == true)
        #expect(error?.isConnectionLoss == false)
        #expect(try connection.integer("SELECT 1") == 1)
    }

    @Test("that cannot begin as the disk is full lacks room, and is not merely lost")
    func fullDiskAtStart() {
        let refusal = #"connection to server on socket "/run/.s.PGSQL.5432" failed: FATAL:  could not write init file"#
        #expect(PostgresError(side: "Synapse's database", message: refusal).isShortage)
        #expect(!PostgresError(side: "Synapse's database", message: "server closed the connection").isShortage)
    }

    @Test("once closed leaves a canceller that cancels nobody")
    func cancelledAfterwards() throws {
        let canceller = try closedConnection()
        var other = try TemporaryDatabase.connect()
        canceller.cancel()
        #expect(try other.integer("SELECT 1") == 1)
    }

    private func closedConnection() throws -> Canceller {
        let connection = try TemporaryDatabase.connect()
        return connection.canceller
    }
}
