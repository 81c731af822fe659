// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// Where mapped rows go: a buffer per table, each sent as one COPY when together they are large enough.
///
/// Buffers are sent between source rows only, so a rejected row leaves nothing anywhere.
public struct RowSink: ~Copyable {
    /// The target; a transaction is open on it while a load runs.
    public var target: Connection
    /// Bytes of all buffers together at which they are sent.
    let limit: Int
    @usableFromInline var buffers = CopyBuffers()
    private var tables: [Table] = []
    /// Position in `buffers` by the table's slot; -1 where the running load does not write the table.
    @usableFromInline var positions: [Int] = []
    @usableFromInline var waiting = 0
    /// Rows that the running load's query has given, where it has one query.
    var sourceRows = 0
    /// Rows sent by the running load, by table.
    private(set) var sent: [String: Int] = [:]
    private(set) var sentBytes = 0
    private(set) var rejected: [RejectedRow] = []
    /// Rows that are only named.
    private(set) var named: [RejectedRow] = []
    private(set) var leftOut: [String: Int] = [:]
    /// The worker's name, and the load that it runs.
    private let name: String
    private var load = ""
    private let onReject: OnReject
    private let progress: LoadProgress
    private let turns: TableTurns

    /// What becomes of the load when a row is rejected.
    public enum OnReject: String, Sendable, CaseIterable { case stop, skip }

    init(
        target: consuming Connection, name: String, limit: Int, onReject: OnReject, turns: TableTurns,
        progress: LoadProgress
    ) {
        self.target = target
        self.turns = turns
        self.name = name
        self.limit = limit
        self.onReject = onReject
        self.progress = progress
    }

    /// Makes room for the tables of a load and forgets all of the load before.
    mutating func prepare(for tables: [Table], of load: String) {
        self.load = load
        if tables.map(\.slot) == self.tables.map(\.slot) {
            // One range of events after the other: memory that is warm.
            for position in buffers.indices { buffers[position].removeAll() }
        } else {
            buffers = CopyBuffers(tables.map { ($0.columns, $0.isWritten) })
        }
        self.tables = tables
        positions = Array(repeating: -1, count: (tables.map(\.slot).max() ?? -1) + 1)
        for (position, table) in tables.enumerated() { positions[table.slot] = position }
        waiting = 0
        sourceRows = 0
        sent = [:]
        sentBytes = 0
        rejected = []
        named = []
        leftOut = [:]
    }

    /// Adds a row to a table of the running load.
    @inlinable
    @inline(__always)
    public mutating func append<Failure: Error>(
        to table: Table, _ body: (inout CopyBuffer) throws(Failure) -> Void
    ) throws(Failure) {
        let position = positions[table.slot]
        let before = buffers[position].byteCount
        try buffers[position].append(body)
        waiting += buffers[position].byteCount - before
    }

    /// Adds a tuple as the source gave it to the load's only table.
    mutating func pass(_ tuple: RawSpan) {
        buffers[0].append(tuple)
        waiting += tuple.byteCount
    }

    /// Counts rows that are not carried, under a name that the report shows: "devices of deactivated accounts".
    public mutating func leaveOut(_ what: String, _ count: Int = 1) {
        leftOut[what, default: 0] += count
    }

    /// Names a row that is left behind, whatever the operator chose for rejected ones: nothing falls back, nothing stops.
    public mutating func name(_ row: RejectedRow) {
        named.append(row)
    }

    /// Notes a row that cannot be loaded; everything appended since ``endRow()`` falls back.
    ///
    /// - Throws: the rejection itself where the operator chose to stop at the first.
    public mutating func reject(_ row: RejectedRow) throws(RejectedRow) {
        for position in buffers.indices { buffers[position].fallBack() }
        waiting = buffers.indices.reduce(0) { $0 + buffers[$1].byteCount }
        guard onReject == .skip else { throw row }
        rejected.append(row)
        progress.rejected()
    }

    /// The end of a source row: what was appended is kept, and sent where it has become much.
    ///
    /// - Throws: ``PostgresError`` if the target refuses the rows.
    public mutating func endRow() throws(PostgresError) {
        Failpoint.reach(.row)
        for position in buffers.indices { buffers[position].keep() }
        if waiting >= limit { try flush() }
    }

    /// Sends all that waits.
    ///
    /// - Throws: ``PostgresError`` if the target refuses a row or is lost.
    public mutating func flush() throws(PostgresError) {
        var left: [Int] = []
        for position in buffers.indices {
            if tables[position].isAbsent {
                buffers[position].removeAll()
            } else if buffers[position].rowCount > 0 {
                left.append(position)
            } else {
                // A load that has gone on to other tables: one batch of memory does for all.
                buffers[position].shrink()
            }
        }
        while !left.isEmpty {
            let turn = turns.take(oneOf: left.map { tables[$0].name })
            defer { turns.end(turn) }
            try send(left.remove(at: turn.position))
        }
        waiting = 0
        // Nobody sees the rows of an open transaction, but everybody the name that a session gives itself.
        try target.execute(Sessions.name(name, rows: sent.values.reduce(0, +)))
    }

    private mutating func send(_ position: Int) throws(PostgresError) {
        let (rows, bytes) = (buffers[position].rowCount, buffers[position].byteCount)
        try target.send(&buffers[position], to: tables[position].name) { Failpoint.reach(.sending) }
        Failpoint.reach(.sent)
        guard tables[position].isCounted else { return }
        sent[tables[position].name, default: 0] += rows
        sentBytes += bytes
        progress.loaded(rows: rows, bytes: bytes, by: load)
    }

    /// Counts rows that a statement wrote in the target itself.
    mutating func wrote(_ rows: Int, to table: String) {
        sent[table, default: 0] += rows
        progress.loaded(rows: rows, bytes: 0, by: load)
    }
}
