// SPDX-License-Identifier: Apache-2.0
import CLibpq

extension Connection {
    /// Runs a query as `COPY … TO STDOUT (FORMAT binary)` and lends its rows to `body`.
    ///
    /// - Returns: what `body` returns. Rows that `body` left unread are thrown away.
    /// - Throws: ``PostgresError``, or what `body` throws.
    public mutating func copyOut<Result>(
        _ query: SQL, _ body: (inout CopyReader) throws -> Result
    ) throws -> Result {
        PQclear(try checked(PQexec(handle, "COPY (\(query.text)\n) TO STDOUT (FORMAT binary)")))
        var reader = CopyReader(handle: handle, side: side)
        do {
            let result = try body(&reader)
            // Not cancelled: that would end the transaction, and with it the snapshot that is being read.
            if !reader.isAtEnd { throwAwayRows() }
            return result
        } catch {
            if !reader.isAtEnd {
                canceller.cancel()
                throwAwayRows()
            }
            throw error
        }
    }

    /// Reads what is left of a COPY that nobody wants any more.
    private mutating func throwAwayRows() {
        var row: UnsafeMutablePointer<CChar>?
        while PQgetCopyData(handle, &row, 0) >= 0 {
            PQfreemem(row)
            row = nil
        }
        while let result = PQgetResult(handle) { PQclear(result) }
    }

    /// Sends a buffer's rows as one complete `COPY … FROM STDIN (FORMAT binary)` and empties the buffer.
    ///
    /// - Parameters:
    ///   - table: the table's name; its schema may stand before a dot.
    ///   - between: is called while the COPY is under way, after each piece of it.
    /// - Throws: ``PostgresError`` with PostgreSQL's "COPY table, line N, column c" if it refuses a row.
    public mutating func send(
        _ buffer: inout CopyBuffer, to table: String, between: () -> Void = {}
    ) throws(PostgresError) {
        guard buffer.rowCount > 0 else { return }
        let columns = buffer.writtenColumns.map { SQL.identifier($0.name) }.joined(separator: ", ")
        let copy: SQL = "COPY \(identifier: table) (\(raw: columns)) FROM STDIN (FORMAT binary)"
        PQclear(try run(copy))
        var sent = put([0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        // Pieces of a quarter mebibyte: smaller ones cost more calls, larger ones more copying inside libpq.
        let rows = UnsafeRawBufferPointer(start: buffer.start, count: buffer.byteCount)
        var start = 0
        while sent, start < rows.count {
            let end = min(start + 262_144, rows.count)
            sent = put(UnsafeRawBufferPointer(rebasing: rows[start..<end]))
            between()
            start = end
        }
        sent = sent && put([0xFF, 0xFF])
        if !sent || PQputCopyEnd(handle, nil) != 1 { throw PostgresError(side: side, connection: handle) }
        try finishSending()
        buffer.removeAll()
    }

    private mutating func finishSending() throws(PostgresError) {
        var failure: PostgresError?
        while let result = PQgetResult(handle) {
            if PQresultStatus(result) != PGRES_COMMAND_OK, failure == nil {
                failure = PostgresError(side: side, result: result)
            }
            PQclear(result)
        }
        if let failure { throw failure }
    }

    private func put(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { put($0) } }

    private func put(_ bytes: UnsafeRawBufferPointer) -> Bool {
        PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count)) == 1
    }
}
