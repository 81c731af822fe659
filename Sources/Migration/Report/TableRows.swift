// SPDX-License-Identifier: Apache-2.0

/// How many rows a migration wrote to a table.
public struct TableRows: Sendable, Codable, Hashable {
    /// The table's name in Synapse.
    public var table: String
    /// Rows that all of its loads wrote.
    public var rows: Int

    /// A line of the report.
    public init(table: String, rows: Int) {
        self.table = table
        self.rows = rows
    }
}
