// SPDX-License-Identifier: Apache-2.0

/// A named, typed column: of a table, or of what a query gives.
public struct Column: Sendable, Hashable {
    public let name: String
    public let type: ColumnType

    public init(_ name: String, _ type: ColumnType) {
        self.name = name
        self.type = type
    }

    public static func text(_ name: String) -> Column { Column(name, .text) }
    public static func bigint(_ name: String) -> Column { Column(name, .bigint) }
    public static func integer(_ name: String) -> Column { Column(name, .integer) }
    public static func smallint(_ name: String) -> Column { Column(name, .smallint) }
    public static func bool(_ name: String) -> Column { Column(name, .bool) }
    public static func bytea(_ name: String) -> Column { Column(name, .bytea) }
}
