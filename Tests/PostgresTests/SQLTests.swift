// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@Suite("SQL")
struct SQLTests {
    @Test("quotes whatever text there is, so that PostgreSQL reads just that", .temporaryDatabase)
    func literals() throws {
        var connection = try TemporaryDatabase.connect()
        // What matters in SQL, in Swift's idea of a character, or in both.
        let pieces: [Unicode.Scalar] = [
            "'", "\"", "\\", "\0", "a", "\u{301}", "\u{200D}", "\r", "\n", ";", "-", "$", "é", "😀", "%", "\u{FE0F}",
            ".",
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 1...300 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                if let piece = pieces.randomElement(using: &random) { scalars.append(piece) }
            }
            let text = String(scalars)
            let expected = String(String.UnicodeScalarView(scalars.filter { $0 != "\0" }))
            let read = try connection.value("SELECT \(text)")
            #expect(read.map { Array($0.utf8) } == Array(expected.utf8), "\(Array(text.unicodeScalars))")
            #expect(try connection.rows("SELECT unnest(\([text, text]))").count == 2)
            let name = "a" + expected.replacing(".", with: "") + "b"
            #expect(
                try connection.columns(of: "SELECT 1 AS \(identifier: name)").first?.name.utf8.elementsEqual(name.utf8)
                    == true)
        }
    }

    @Test("writes other values as literals of their type")
    func values() {
        #expect("\(1 as Int64), \(-7 as Int32), \(true), \(nil as String?)" as SQL == "1, -7, true, NULL")
        #expect("\([1, 2] as [Int64]) \([] as [Int64])" as SQL == "'{1,2}'::int8[] '{}'::int8[]")
        #expect("\(["it's"]) \([] as [String])" as SQL == "ARRAY['it''s']::text[] ARRAY[]::text[]")
        let parts: SQL = "\("x" as SQL) \(raw: "y") \(identifier: "matrix_loader.load")"
        #expect(parts == #"x y "matrix_loader"."load""#)
    }
}
