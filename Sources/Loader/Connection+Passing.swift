// SPDX-License-Identifier: Apache-2.0
public import Postgres

extension Connection {
    /// Hands the rows of a query to a table of another database, unread.
    ///
    /// - Parameter table: a table with the query's columns.
    /// - Returns: how many rows there were.
    /// - Throws: ``PostgresError`` if either side refuses.
    @discardableResult
    public mutating func pass(
        _ query: SQL, into table: String, of target: inout Connection
    ) throws -> Int {
        var buffer = CopyBuffer(columns: try columns(of: query))
        var rows = 0
        try copyOut(query) { reader in
            while let row = try reader.next() {
                buffer.append(row.bytes)
                rows += 1
                if buffer.byteCount >= 16 << 20 { try target.send(&buffer, to: table) }
            }
        }
        try target.send(&buffer, to: table)
        return rows
    }
}
