// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// One query and the tables that its rows fill: the unit of work, of the ledger and of resume.
///
/// A load commits whole or not at all, in one transaction of the target, and is never run twice.
public struct TableLoad: Sendable, Identifiable {
    /// Turns one row of the source into rows of the target.
    ///
    /// Thrown rejections leave nothing of the row anywhere.
    public typealias Mapping = (borrowing SourceRow, inout RowSink) throws(RejectedRow) -> Void

    /// When a load runs: each stage begins when the one before it is done.
    public enum Stage: Int, Sendable, Comparable, CaseIterable {
        /// Fills tables from the source; indexes may be away.
        case copy
        /// Takes out what turned out not to fit together, and adds what it calls for, before foreign keys come back.
        case mend
        /// Fills tables from tables of the target, with their indexes in place.
        case derive
        /// Sets positions that follow from all that was loaded.
        case settle

        /// Whether the left stage runs before the right one.
        public static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    enum Work: Sendable {
        case passThrough(into: String, from: SQL)
        case mapped(from: SQL, @Sendable () -> Mapping)
        case body(checking: SQL?, @Sendable (inout Connection, inout RowSink) throws -> Void)
        case statements([SQL])
    }

    /// Its name in ledger, progress and log: "receipts_linearized", "rooms/12".
    public let id: String
    /// What the operator calls the part that it belongs to; see `--phase`.
    public var area = ""
    /// Expected rows; the heaviest load starts first.
    public var weight: Int
    /// When it runs: what loads of earlier stages have written is there by then.
    public let stage: Stage
    /// The names of the tables that it fills.
    public internal(set) var tables: [String]
    /// The tables with the columns that it declares; empty where the query's own columns are the table's.
    var declared: [Table]
    var work: Work

    /// A load whose query's column aliases are the target's columns: its binary tuples pass through unread.
    public init(into table: String, id: String? = nil, weight: Int = 0, from source: SQL) {
        self.id = id ?? table
        self.weight = weight
        stage = .copy
        tables = [table]
        declared = []
        work = .passThrough(into: table, from: source)
    }

    /// A load whose rows are read by `mapping`, which is made anew for each run and may keep state.
    public init(
        _ id: String, into tables: [Table], weight: Int = 0, from source: SQL,
        map mapping: @escaping @Sendable () -> Mapping
    ) {
        self.id = id
        self.weight = weight
        stage = .copy
        self.tables = tables.map(\.name)
        declared = tables
        work = .mapped(from: source, mapping)
    }

    /// A load that asks the source several times, or what it knows only when it runs: `body` gets the source and the sink.
    ///
    /// - Parameter query: one that the source must be able to answer, for the checks before anything is loaded.
    public init(
        _ id: String, into tables: [Table], weight: Int = 0, checking query: SQL? = nil,
        body: @escaping @Sendable (inout Connection, inout RowSink) throws -> Void
    ) {
        self.id = id
        self.weight = weight
        stage = .copy
        self.tables = tables.map(\.name)
        declared = tables
        work = .body(checking: query, body)
    }

    /// A load that the target does by itself, from what other loads have written.
    public init(_ id: String, _ stage: Stage = .derive, into tables: [String], weight: Int = 0, statements: [SQL]) {
        self.id = id
        self.weight = weight
        self.stage = stage
        self.tables = tables
        declared = []
        work = .statements(statements)
    }

    /// The load with a weight, if it has none yet: that of the largest table of the source that its query names.
    ///
    /// - Parameter rows: expected rows by table of the source.
    public func weighed(by rows: [String: Int]) -> TableLoad {
        let query: SQL
        switch work {
        case .passThrough(_, let source), .mapped(let source, _): query = source
        case .body, .statements: return self
        }
        guard weight == 0 else { return self }
        let words = query.text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        var load = self
        load.weight = words.compactMap { rows[String($0)] }.max() ?? 0
        return load
    }
}
