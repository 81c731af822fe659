// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

@testable import Postgres

@Suite("COPY", .temporaryDatabase)
struct CopyTests {
    private static let columns: [Column] = [
        .bigint("large"), .integer("middle"), .smallint("small"), .bool("truth"), .text("word"), .bytea("bytes"),
    ]

    private func makeTable(_ name: String = "t") throws -> Connection {
        var connection = try TemporaryDatabase.connect()
        try connection.execute(
            """
            CREATE TABLE \(identifier: name)
                (large bigint, middle integer, small smallint, truth boolean, word text, bytes bytea)
            """)
        return connection
    }

    @Test("carries every type, its extremes and NULL, there and back")
    func roundTrip() throws {
        var connection = try makeTable()
        var buffer = CopyBuffer(columns: Self.columns)
        for (large, middle, small, truth, word) in [
            (Int64.max, Int32.max, Int16.max, true, "naïve 🌊 \"quoted\" \\ tab\tline\n"),
            (.min, .min, .min, false, ""), (0, -1, 1, true, String(repeating: "long ", count: 20_000)),
        ] as [(Int64, Int32, Int16, Bool, String)] {
            buffer.append { row in
                row.write(large)
                row.write(middle)
                row.write(small)
                row.write(truth)
                row.write(word)
                row.write([0, 255, 0x5C, 0x27])
            }
        }
        buffer.append { row in for _ in Self.columns { row.writeNull() } }
        #expect(buffer.rowCount == 4)
        try connection.send(&buffer, to: "t")
        #expect((buffer.rowCount, buffer.byteCount) == (0, 0))
        #expect(
            try connection.rows("SELECT large, middle, small, truth, length(word), bytes FROM t") == [
                ["9223372036854775807", "2147483647", "32767", "t", "28", "\\x00ff5c27"],
                ["-9223372036854775808", "-2147483648", "-32768", "f", "0", "\\x00ff5c27"],
                ["0", "-1", "1", "t", "100000", "\\x00ff5c27"], [nil, nil, nil, nil, nil, nil],
            ])
        var read: [String] = []
        try connection.copyOut(
            "SELECT large, middle, small, truth, word, bytes FROM t WHERE large <> 0 OR large IS NULL"
        ) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                let numbers: [Any?] = [fields.int64(), fields.int32(), fields.int16(), fields.bool(), fields.string()]
                var bytes: [UInt8] = []
                if let span = fields.bytesOrNull() { bytes = span.indices.map { span[$0] } }
                read.append(numbers.map { $0.map { "\($0)" } ?? "-" }.joined(separator: " ") + " \(bytes)")
            }
        }
        #expect(
            read == [
                "\(Int64.max) \(Int32.max) \(Int16.max) true naïve 🌊 \"quoted\" \\ tab\tline\n [0, 255, 92, 39]",
                "\(Int64.min) \(Int32.min) \(Int16.min) false  [0, 255, 92, 39]", "- - - - - []",
            ])
    }

    @Test("carries arrays, empty ones too, and leaves out those that are not sent")
    func writtenArrays() throws {
        var connection = try TemporaryDatabase.connect()
        try connection.execute("CREATE TABLE lists (numbers bigint[], words text[])")
        let columns = [Column("numbers", ColumnType(oid: 1016)), Column("words", .textArray)]
        let words = ["naïve".utf8.map(\.self), []]
        var buffer = CopyBuffer(columns: columns)
        buffer.append { row in
            row.writeArray(of: .bigint, count: 2) { for number in [1, Int64.min] { $0.element(number) } }
            row.writeArray(of: .text, count: 2) { for word in words { $0.element(word.span) } }
        }
        buffer.append { row in
            row.writeArray(of: .bigint, count: 0) { _ in }
            row.writeNull()
        }
        try connection.send(&buffer, to: "lists")
        var part = CopyBuffer(columns: columns, isWritten: [true, false])
        part.append { row in
            row.writeArray(of: .bigint, count: 1) { $0.element(3) }
            row.writeArray(of: .text, count: 1) { for word in words.prefix(1) { $0.element(word.span) } }
        }
        try connection.send(&part, to: "lists")
        #expect(
            try connection.rows("SELECT numbers, words, array_ndims(numbers) FROM lists") == [
                ["{1,-9223372036854775808}", "{naïve,\"\"}", "1"], ["{}", nil, nil], ["{3}", nil, "1"],
            ])
    }

    @Test("reads arrays of bigint")
    func arrays() throws {
        var connection = try TemporaryDatabase.connect()
        var read: [[Int64]?] = []
        try connection.copyOut(
            "VALUES ('{}'::bigint[]), ('{1,-2,9223372036854775807}'), (NULL), ('{1,NULL,3}'), ('[5:6]={7,8}')"
        ) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                read.append(fields.int64Array())
            }
        }
        #expect(read == [[], [1, -2, .max], nil, [1, 3], [7, 8]])
    }

    @Test("gives no row for an empty answer")
    func empty() throws {
        var connection = try makeTable()
        let count = try connection.copyOut("SELECT * FROM t") { reader in
            var count = 0
            while try reader.next() != nil { count += 1 }
            return count
        }
        #expect(count == 0)
        var buffer = CopyBuffer(columns: Self.columns)
        try connection.send(&buffer, to: "t")
        #expect(try connection.integer("SELECT count(*) FROM t") == 0)
    }

    @Test("passes tuples on unread")
    func passThrough() throws {
        var source = try makeTable()
        var target = try makeTable("other Table")
        try source.execute(
            """
            INSERT INTO t SELECT i, i, 7, i % 2 = 0, nullif(repeat('x', i % 50), ''), decode(md5(i::text), 'hex')
            FROM generate_series(1, 20000) i
            """)
        var buffer = CopyBuffer(columns: Self.columns)
        try source.copyOut("SELECT large, middle, small, truth, word, bytes FROM t") { reader in
            while let row = try reader.next() {
                buffer.append(row.bytes)
                if buffer.byteCount > 300_000 { try target.send(&buffer, to: "other Table") }
            }
            #expect(reader.byteCount > 1_000_000)
        }
        try target.send(&buffer, to: "public.other Table")
        #expect(try source.integer("SELECT count(*) FROM (TABLE t EXCEPT TABLE \"other Table\") missing") == 0)
        #expect(try source.integer("SELECT count(*) FROM \"other Table\"") == 20_000)
    }

    @Test("leaves values out that the buffer's table has no column for")
    func mask() throws {
        var connection = try TemporaryDatabase.connect()
        try connection.execute("CREATE TABLE narrow (large bigint, word text)")
        var buffer = CopyBuffer(columns: Self.columns, isWritten: [true, false, false, false, true, false])
        buffer.append { row in
            row.write(1 as Int64)
            row.write(2 as Int32)
            row.writeNull()
            row.write(true)
            row.writeText { text in
                text.piece("in ")
                text.piece("pieces" as String)
            }
            row.writeText { $0.piece("left out") }
        }
        try connection.send(&buffer, to: "narrow")
        #expect(try connection.rows("SELECT * FROM narrow") == [["1", "in pieces"]])
    }

    @Test("leaves a row out whose values could not all be written, and falls back to a mark")
    func fallBack() throws {
        struct Bad: Error {}
        var connection = try TemporaryDatabase.connect()
        try connection.execute("CREATE TABLE numbers (number bigint)")
        var buffer = CopyBuffer(columns: [.bigint("number")])
        func append(_ number: Int64) { buffer.append { $0.write(number) } }
        append(1)
        #expect(throws: Bad.self) {
            try buffer.append { row in
                row.write(2 as Int64)
                throw Bad()
            }
        }
        buffer.keep()
        append(3)
        buffer.fallBack()
        append(4)
        #expect(buffer.rowCount == 2)
        try connection.send(&buffer, to: "numbers")
        #expect(try connection.rows("SELECT * FROM numbers") == [["1"], ["4"]])
    }

    @Test("says which row and column PostgreSQL refuses, without what stands there")
    func refusedRow() throws {
        var connection = try TemporaryDatabase.connect()
        try connection.execute("CREATE TABLE words (word text)")
        var buffer = CopyBuffer(columns: [.text("word")])
        buffer.append { $0.write("fine") }
        buffer.append { $0.write([0x73, 0xFF, 0x74]) }
        let error = #expect(throws: PostgresError.self) { try connection.send(&buffer, to: "words") }
        #expect(error?.sqlState == "22021")
        #expect(error?.context == "COPY words, line 2, column word")
        // The connection is whole, and so are the rows, which may be sent elsewhere.
        #expect(try connection.integer("SELECT count(*) FROM words") == 0)
        #expect(buffer.rowCount == 2)
        let unknown = #expect(throws: PostgresError.self) { try connection.send(&buffer, to: "no_such_table") }
        #expect(unknown?.sqlState == "42P01")
    }

    @Test("ends early without harm to the transaction, or with a cancelled query where its reader fails")
    func unfinished() throws {
        struct Stop: Error {}
        var connection = try TemporaryDatabase.connect()
        try connection.execute("BEGIN")
        let first = try connection.copyOut("SELECT g FROM generate_series(1, 50000) g") { reader in
            var fields = try reader.next()?.fields
            return fields?.int32()
        }
        #expect(first == 1)
        #expect(try connection.integer("SELECT 2") == 2)
        #expect(throws: Stop.self) {
            try connection.copyOut("SELECT g, pg_sleep(0.001) FROM generate_series(1, 100000000) g") { reader in
                _ = try reader.next() != nil
                throw Stop()
            }
        }
        connection.rollBack()
        #expect(try connection.integer("SELECT 3") == 3)
    }

    @Test("passes on an error that comes after some rows")
    func lateError() throws {
        var connection = try TemporaryDatabase.connect()
        var count = 0
        let error = #expect(throws: PostgresError.self) {
            try connection.copyOut("SELECT 1 / (g - 3) FROM generate_series(1, 5) g") { reader in
                while try reader.next() != nil { count += 1 }
            }
        }
        #expect(error?.sqlState == "22012")
        #expect(count == 2)
        #expect(try connection.integer("SELECT 1") == 1)
    }
}
