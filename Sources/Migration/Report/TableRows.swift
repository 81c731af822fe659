// SPDX-License-Identifier: Apache-2.0

/// How many rows a migration wrote to a table.
public struct TableRows: Sendable, Codable, Hashable {
    public var table: String
    public var rows: Int

    public init(table: String, rows: Int) {
        self.table = table
        self.rows = rows
    }
}
