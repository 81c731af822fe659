// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Rows of one table, sent whenever enough of them wait.
final class TableRows {
    private let table: String
    private var buffer: CopyBuffer

    /// Beyond a few hundred kilobytes larger batches save nothing; this one keeps the number of COPYs low.
    private static let batch = 4 << 20

    /// A batch of a table, without rows.
    ///
    /// - Parameter columns: names of some of the table's columns, separated by spaces.
    init(_ table: DendriteTable, _ columns: String) {
        self.table = table.name
        buffer = CopyBuffer(columns: columns.split(separator: " ").map { table.column(String($0)) })
    }

    /// Rows of one of Dendrite's own tables.
    convenience init(_ table: String, _ columns: String) {
        self.init(DendriteSchema.table(table), columns)
    }

    /// Adds a row whose values `body` writes in the order of the columns.
    func append(_ body: (inout CopyBuffer) -> Void) { buffer.append(body) }

    /// Sends what waits if it is a batch, or in any case.
    func send(to connection: inout Connection, all: Bool = false) throws(PostgresError) {
        if all || buffer.byteCount > Self.batch { try connection.send(&buffer, to: table) }
    }
}
