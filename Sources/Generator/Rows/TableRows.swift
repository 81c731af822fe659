// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Rows of one of Dendrite's tables, sent whenever enough of them wait.
final class TableRows {
    private let table: String
    private let columnCount: Int
    private var buffer: CopyBuffer
    private var tuple = Tuple()

    /// Beyond a few hundred kilobytes larger batches save nothing; this one keeps the number of COPYs low.
    private static let batch = 4 << 20

    /// A batch of a table, without rows.
    ///
    /// - Parameter columns: their names, separated by spaces; a binary COPY needs no more.
    init(_ table: String, _ columns: String) {
        self.table = table
        let names = columns.split(separator: " ")
        columnCount = names.count
        buffer = CopyBuffer(columns: names.map { .text(String($0)) })
    }

    /// Adds a row whose values `body` writes in the order of the columns.
    func append(_ body: (inout Tuple) -> Void) {
        tuple.begin(columnCount)
        body(&tuple)
        let bytes = tuple.bytes
        unsafe buffer.append(bytes.span.bytes)
    }

    /// Sends what waits if it is a batch, or in any case.
    func send(to connection: inout Connection, all: Bool = false) throws(PostgresError) {
        if all || buffer.byteCount > Self.batch { try connection.send(&buffer, to: table) }
    }
}
