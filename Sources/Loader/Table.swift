// SPDX-License-Identifier: Apache-2.0
public import Postgres
import Synchronization

/// A table of the target and those of its columns that a load writes, in order.
public struct Table: Sendable, Hashable {
    /// The table's name; its schema may stand before a dot.
    public let name: String
    let columns: [Column]
    /// Finds the table's buffer in a ``RowSink`` without a look-up by name, once per row and table.
    @usableFromInline let slot: Int
    /// Whether its rows are among those that the ledger and the summary count.
    let isCounted: Bool
    /// For each column whether the target has it; values for the others are dropped.
    private(set) var isWritten: [Bool]
    /// Whether the target has the table; rows for an absent one are dropped.
    var isAbsent: Bool { !isWritten.contains(true) }

    private static let slots = Atomic<Int>(0)

    /// A table whose rows the ledger counts, its columns one by one.
    public init(_ name: String, _ columns: Column...) {
        self.init(name, columns: columns)
    }

    /// A table, and the columns that a load's rows have values for.
    ///
    /// - Parameter isCounted: false for rows that another run may write more or fewer of, or that Synapse does not get.
    public init(_ name: String, columns: [Column], isCounted: Bool = true) {
        self.name = name
        self.columns = columns
        self.isCounted = isCounted
        slot = Self.slots.wrappingAdd(1, ordering: .relaxed).oldValue
        isWritten = Array(repeating: true, count: columns.count)
    }

    /// The same table, in the same place of a ``RowSink``, of which only some columns are written.
    func writing(_ isWritten: [Bool]) -> Table {
        var table = self
        table.isWritten = isWritten
        return table
    }

    /// Whether both are the same table with the same columns, whatever of them is written.
    public static func == (left: Table, right: Table) -> Bool {
        left.name == right.name && left.columns == right.columns
    }

    /// Hashes the name alone.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}
