// SPDX-License-Identifier: Apache-2.0
import Postgres

/// An `INSERT INTO table (columns) query` taken apart, so that columns which the target lacks can be left out.
struct InsertStatement {
    let table: String
    let columns: [String]
    private let query: Substring

    /// nil if the statement is another, or names no columns.
    init?(_ sql: SQL) {
        let text = sql.text.drop(while: \.isWhitespace)
        guard text.hasPrefix("INSERT INTO "), let opening = text.firstIndex(of: "("),
            let closing = text[opening...].firstIndex(of: ")")
        else { return nil }
        table = text[..<opening].dropFirst("INSERT INTO ".count).filter { !$0.isWhitespace && $0 != "\"" }
        columns = text[text.index(after: opening)..<closing].split(separator: ",").map { column in
            column.filter { !$0.isWhitespace }
        }
        query = text[text.index(after: closing)...]
    }

    /// The statement without the other columns; the query still gives them.
    func writing(_ kept: [String]) -> SQL {
        let names = kept.map(SQL.identifier).joined(separator: ", ")
        let all = columns.map(SQL.identifier).joined(separator: ", ")
        return """
            INSERT INTO \(identifier: table) (\(raw: names))
            SELECT \(raw: names) FROM (\(raw: String(query))
            ) AS query (\(raw: all))
            """
    }
}
