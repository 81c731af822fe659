// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres
import TestSupport
import Testing

@Suite("The comparison with the catalogs", .temporaryDatabase)
struct CatalogCheckTests {
    private func check(_ loads: [TableLoad], _ target: SQL) throws -> CatalogCheck {
        var connection = try TemporaryDatabase.connect()
        try connection.execute(target)
        var source = try Sessions(source: TemporaryDatabase.conninfo, target: "").openSource()
        let check = try CatalogCheck(loads, source: &source, target: &connection)
        // Whatever was found, the source's snapshot is still there to be read.
        #expect(try source.integer("SELECT 1") == 1)
        return check
    }

    @Test("finds nothing where all fits")
    func fitting() throws {
        let load = TableLoad(
            into: "users", from: "SELECT 'a'::text AS name, 1::bigint AS creation_ts, 'x'::varchar AS kind")
        let check = try check(
            [load], "CREATE TABLE users (name text NOT NULL, creation_ts bigint, kind char(3), id serial NOT NULL)")
        #expect(check.findings == [])
        #expect(check.loads.map(\.id) == ["users"])
    }

    @Test("names both types where they differ")
    func types() throws {
        let check = try check(
            [TableLoad(into: "users", from: "SELECT 1::integer AS creation_ts")],
            "CREATE TABLE users (creation_ts bigint)")
        #expect(check.findings.map(\.message) == ["users.creation_ts is bigint, the query gives integer"])
        #expect(check.findings.map(\.severity) == [.error])
    }

    @Test("finds what must be given and is not, and what cannot be given")
    func required() throws {
        let load = TableLoad("mapped", into: [Table("t", .bigint("b"), .bigint("g"))], from: "SELECT 1") {
            { _, _ in }
        }
        let check = try check(
            [load],
            """
            CREATE TABLE t (a bigint NOT NULL, b bigint NOT NULL, g bigint GENERATED ALWAYS AS (b * 2) STORED,
                            d int NOT NULL DEFAULT 1)
            """)
        #expect(
            check.findings.map(\.message) == [
                "t.a is NOT NULL without a default, and the load does not give it",
                "t.g is generated, and the load gives it",
            ])
    }

    @Test("turns a query that cannot be planned into a finding that names the load", arguments: [false, true])
    func badQuery(isMapped: Bool) throws {
        let query: SQL = "SELECT no_such_column AS a FROM pg_class"
        let load =
            isMapped
            ? TableLoad("the load", into: [Table("t", .bigint("a"))], from: query) { { _, _ in } }
            : TableLoad(into: "t", id: "the load", from: query)
        let check = try check([load, TableLoad(into: "t", from: "SELECT 1::bigint AS a")], "CREATE TABLE t (a bigint)")
        #expect(
            check.findings.map(\.message) == [
                #"the query of the load cannot be run: column "no_such_column" does not exist"#
            ])
        #expect(check.findings.first?.subject == "Dendrite's database")
    }

    @Test(
        "says what to do about a query that cannot be planned only where it follows from the refusal",
        arguments: [
            ("SELECT no_such_column FROM pg_class", "Start a recent Dendrite (0.12 or later) once"),
            ("SELECT a FROM no_such_table", "Start a recent Dendrite (0.12 or later) once"),
            ("SELECT a FROM hidden.t", "As their owner, run GRANT USAGE ON SCHEMA and GRANT SELECT"),
            ("SELECT lenth('x')", "No function matches the given name"), ("SELECT 1 / 0 FROM", ""),
        ])
    func remedies(query: SQL, remedy: String) throws {
        var target = try TemporaryDatabase.connect()
        try target.execute("CREATE TABLE t (a bigint); CREATE SCHEMA hidden; CREATE TABLE hidden.t (a bigint)")
        var source = try Sessions(source: TemporaryDatabase.conninfo, target: "").openSource()
        try source.execute("SET ROLE pg_monitor")
        let check = try CatalogCheck([TableLoad(into: "t", from: query)], source: &source, target: &target)
        #expect(check.findings.count == 1)
        let given = check.findings.first?.remedy ?? "none"
        #expect(remedy.isEmpty ? given.isEmpty : given.hasPrefix(remedy), "\(given)")
    }

    @Test("leaves columns out of what the target writes by itself")
    func olderTargetStatement() async throws {
        let load = TableLoad(
            "derived", into: ["users"],
            statements: [
                """
                INSERT INTO users
                    (name, suspended, age)
                SELECT 'al' || 'ice', g > (0), 33 FROM generate_series(1, 1) g
                """, "UPDATE users SET age = age + 1",
            ])
        let check = try check([load], "CREATE TABLE users (name text NOT NULL, age bigint)")
        #expect(check.findings == [])
        try await TestLoads.run(check.loads)
        var target = try TemporaryDatabase.connect()
        #expect(try target.rows("SELECT * FROM users") == [["alice", "34"]])
        // Counted as it is written on two lines, and as it was written anew.
        #expect(try Ledger().loadedRows(on: &target).map { "\($0.table) \($0.rows)" } == ["users 1"])
        #expect(check.unwritten == ["users": ["suspended"]])
    }

    @Test("leaves out what an older target does not have, and names it")
    func olderTarget() async throws {
        let users = Table("users", .text("name"), .bool("suspended"), .bigint("age"))
        let events = Table("gone", .text("a"))
        let mapped = TableLoad("mapped", into: [users, events], from: "SELECT 'alice'::text, 33::bigint") {
            { row, sink in
                var fields = row.fields
                let (name, age) = (fields.string(), fields.int64())
                sink.append(to: users) { buffer in
                    buffer.write(name)
                    buffer.write(true)
                    buffer.write(age)
                }
                sink.append(to: events) { $0.writeText { $0.piece("nobody reads it") } }
            }
        }
        let loads = [
            mapped, TableLoad(into: "users", from: "SELECT true AS suspended, 'bob'::text AS name -- a remark"),
            TableLoad(into: "gone", from: "SELECT 'x'::text AS a"),
            TableLoad("settled", .settle, into: ["gone"], statements: ["no SQL"]),
        ]
        let check = try check(loads, "CREATE TABLE users (name text, age bigint)")
        #expect(check.findings == [])
        #expect(check.unwritten == ["gone": [], "users": ["suspended"]])
        #expect(check.loads.map(\.id) == ["mapped", "users"])
        try await TestLoads.run(check.loads)
        var target = try TemporaryDatabase.connect()
        #expect(try target.rows("SELECT name, age FROM users ORDER BY name") == [["alice", "33"], ["bob", nil]])
    }
}
