// SPDX-License-Identifier: Apache-2.0

/// A named, typed column: of a table, or of what a query gives.
public struct Column: Sendable, Hashable {
    /// As PostgreSQL has it, without quotes.
    public let name: String
    /// What its values are.
    public let type: ColumnType

    /// A column of any type.
    public init(_ name: String, _ type: ColumnType) {
        self.name = name
        self.type = type
    }

    /// A column of texts, written as `String`, or as bytes that are UTF-8.
    public static func text(_ name: String) -> Column { Column(name, .text) }
    /// A column of 64-bit integers, written as `Int64`.
    public static func bigint(_ name: String) -> Column { Column(name, .bigint) }
    /// A column of 32-bit integers, written as `Int32`.
    public static func integer(_ name: String) -> Column { Column(name, .integer) }
    /// A column of 16-bit integers, written as `Int16`.
    public static func smallint(_ name: String) -> Column { Column(name, .smallint) }
    /// A column of truth values, written as `Bool`.
    public static func bool(_ name: String) -> Column { Column(name, .bool) }
    /// A column of bytes, written as they are.
    public static func bytea(_ name: String) -> Column { Column(name, .bytea) }
}
