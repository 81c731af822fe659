// SPDX-License-Identifier: Apache-2.0
import CLibpq

/// The rows of a running `COPY … TO STDOUT (FORMAT binary)`, lent one after the other.
public struct CopyReader: ~Copyable {
    private let handle: OpaquePointer
    private let side: String
    private var row: UnsafeMutablePointer<CChar>?
    private var headerIsRead = false
    private(set) var isAtEnd = false
    /// Bytes received so far.
    public private(set) var byteCount = 0

    /// "PGCOPY\n\377\r\n\0", the flags and the length of the header's extension.
    private static let headerLength = 11 + 4 + 4

    init(handle: OpaquePointer, side: String) {
        self.handle = handle
        self.side = side
    }

    deinit { PQfreemem(row) }

    /// The next row, valid until the next call; nil after the last one.
    ///
    /// - Throws: ``PostgresError`` if the server ends the COPY with an error or is lost.
    @_lifetime(&self)
    public mutating func next() throws(PostgresError) -> SourceRow? {
        PQfreemem(row)
        row = nil
        guard !isAtEnd else { return nil }
        let length = receive()
        guard length >= 0, let row else {
            isAtEnd = true
            try finish(length)
            return nil
        }
        byteCount += Int(length)
        // libpq gives one row at a time; the header comes with the first, and the end is a row of -1 fields.
        let start = headerIsRead ? 0 : Self.headerLength
        headerIsRead = true
        let bytes = unsafe UnsafeRawBufferPointer(start: row, count: Int(length))
        guard bytes.count >= start + 2, bytes[start] & 0x80 == 0 else { return try next() }
        let tuple = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[start...]))
        return unsafe _overrideLifetime(SourceRow(tuple), mutating: &self)
    }

    /// The next row's length, as `PQgetCopyData` gives it.
    ///
    /// That function, told to wait, asks the kernel whether there is more before each read. So it is told so only where a
    /// read of ours brought nothing; waiting is left to it, as it knows of bytes that TLS holds back.
    private mutating func receive() -> Int32 {
        let length = PQgetCopyData(handle, &row, 1)
        guard length == 0 else { return length }
        guard PQconsumeInput(handle) == 1 else { return -2 }
        let received = PQgetCopyData(handle, &row, 1)
        return received == 0 ? PQgetCopyData(handle, &row, 0) : received
    }

    private func finish(_ status: Int32) throws(PostgresError) {
        if status == -2 { throw PostgresError(side: side, connection: handle) }
        var failure: PostgresError?
        while let result = PQgetResult(handle) {
            if PQresultStatus(result) != PGRES_COMMAND_OK { failure = PostgresError(side: side, result: result) }
            PQclear(result)
        }
        if let failure { throw failure }
    }
}
