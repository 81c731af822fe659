// SPDX-License-Identifier: Apache-2.0

/// Rows of one table, in the form of a binary COPY, that wait to be sent.
///
/// Each row is checked against the columns: a wrong number or type of values is a programming error and traps at the
/// first row, in the first test, instead of as "insufficient data left in message" on an operator's evening.
public struct CopyBuffer {
    public let columns: [Column]
    /// Which of the columns are sent; values of the others are checked and dropped.
    @usableFromInline let isWritten: [Bool]
    @usableFromInline let writtenCount: Int16
    /// Apart from the names, which are looked at only when something is wrong.
    @usableFromInline let types: [ColumnType]
    @usableFromInline var bytes: [UInt8] = []
    @usableFromInline var field = 0
    /// Whole rows in the buffer.
    public internal(set) var rowCount = 0
    /// What a rejected row falls back to.
    @usableFromInline var mark = (bytes: 0, rows: 0)

    public init(columns: [Column]) {
        self.init(columns: columns, isWritten: Array(repeating: true, count: columns.count))
    }

    /// A buffer whose rows have values for all columns, of which only some are sent.
    ///
    /// - Parameter isWritten: for each column whether it is.
    public init(columns: [Column], isWritten: [Bool]) {
        precondition(isWritten.count == columns.count, "a mark is missing for one of \(columns.count) columns")
        self.columns = columns
        self.isWritten = isWritten
        types = columns.map(\.type)
        writtenCount = Int16(truncatingIfNeeded: isWritten.count { $0 })
    }

    /// The columns that are sent.
    var writtenColumns: [Column] { zip(columns, isWritten).filter(\.1).map(\.0) }

    @inlinable
    public var byteCount: Int { bytes.count }

    /// Adds a row whose values `body` writes in the order of the columns.
    ///
    /// - Throws: what `body` throws; the row is then left out.
    @inlinable
    public mutating func append<Failure: Error>(_ body: (inout CopyBuffer) throws(Failure) -> Void) throws(Failure) {
        let start = bytes.count
        appendBigEndian(writtenCount)
        field = 0
        do throws(Failure) {
            try body(&self)
        } catch {
            bytes.removeSubrange(start...)
            throw error
        }
        precondition(field == columns.count, "a row has \(field) of \(columns.count) values")
        endRow()
    }

    @usableFromInline mutating func endRow() { rowCount += 1 }

    /// Adds a tuple as another COPY gave it.
    public mutating func append(_ tuple: RawSpan) {
        unsafe tuple.withUnsafeBytes { bytes.append(contentsOf: unsafe $0) }
        rowCount += 1
    }

    /// From here on, ``fallBack()`` keeps what is in the buffer.
    @inlinable
    public mutating func keep() { mark = (bytes.count, rowCount) }

    /// Forgets the rows added since ``keep()``.
    public mutating func fallBack() {
        bytes.removeSubrange(mark.bytes...)
        rowCount = mark.rows
    }

    /// Forgets all rows and keeps the memory for more.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        rowCount = 0
        mark = (0, 0)
    }

    @inlinable
    public mutating func write(_ value: Int64) {
        guard take(.bigint) else { return }
        let bits = UInt64(bitPattern: value)
        append((UInt32(8), UInt32(truncatingIfNeeded: bits >> 32), UInt32(truncatingIfNeeded: bits)))
    }

    @inlinable
    public mutating func write(_ value: Int32) {
        guard take(.integer) else { return }
        append((UInt32(4), UInt32(bitPattern: value)))
    }

    @inlinable
    public mutating func write(_ value: Int16) {
        guard take(.smallint) else { return }
        appendBigEndian(Int32(2))
        appendBigEndian(value)
    }

    @inlinable
    public mutating func write(_ value: Bool) {
        guard take(.bool) else { return }
        appendBigEndian(Int32(1))
        bytes.append(value ? 1 : 0)
    }

    /// A text or bytea value; text must be UTF-8 without NUL, as PostgreSQL checks.
    @inlinable
    public mutating func write(_ value: borrowing Span<UInt8>) {
        guard takeBytes() else { return }
        appendBigEndian(Int32(truncatingIfNeeded: value.count))
        unsafe value.withUnsafeBufferPointer { bytes.append(contentsOf: unsafe $0) }
    }

    @inlinable
    public mutating func write(_ value: [UInt8]) {
        guard takeBytes() else { return }
        appendBigEndian(Int32(truncatingIfNeeded: value.count))
        bytes.append(contentsOf: value)
    }

    @inlinable
    public mutating func write(_ value: String) {
        guard takeBytes() else { return }
        let utf8 = value.utf8
        appendBigEndian(Int32(truncatingIfNeeded: utf8.count))
        bytes.append(contentsOf: utf8)
    }

    @inlinable
    public mutating func writeNull() {
        guard advance() else { return }
        appendBigEndian(Int32(-1))
    }

    @inlinable
    public mutating func write(_ value: String?) {
        if let value { write(value) } else { writeNull() }
    }

    @inlinable
    public mutating func write(_ value: Int64?) {
        if let value { write(value) } else { writeNull() }
    }

    /// A text or bytea value in several pieces, written one after the other by `body`.
    @inlinable
    public mutating func writeText<Failure: Error>(_ body: (inout CopyBuffer) throws(Failure) -> Void) throws(Failure) {
        let isWritten = takeBytes()
        let start = bytes.count
        appendBigEndian(Int32(0))
        try body(&self)
        guard isWritten else {
            bytes.removeSubrange(start...)
            return
        }
        let length = UInt32(truncatingIfNeeded: bytes.count - start - 4)
        bytes[start] = UInt8(truncatingIfNeeded: length >> 24)
        bytes[start + 1] = UInt8(truncatingIfNeeded: length >> 16)
        bytes[start + 2] = UInt8(truncatingIfNeeded: length >> 8)
        bytes[start + 3] = UInt8(truncatingIfNeeded: length)
    }

    /// A piece of a value, inside ``writeText(_:)`` only.
    @inlinable
    public mutating func piece(_ value: borrowing Span<UInt8>) {
        unsafe value.withUnsafeBufferPointer { bytes.append(contentsOf: unsafe $0) }
    }

    /// A piece of a value, inside ``writeText(_:)`` only.
    @inlinable
    public mutating func piece(_ value: StaticString) {
        value.withUTF8Buffer { bytes.append(contentsOf: unsafe $0) }
    }

    /// A piece of a value, inside ``writeText(_:)`` only.
    @inlinable
    public mutating func piece(_ value: String) { bytes.append(contentsOf: value.utf8) }

    /// A bigint with its length: three words at once, since each append costs more than its bytes.
    @inlinable
    mutating func append(_ words: (UInt32, UInt32, UInt32)) {
        withUnsafeBytes(of: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian)) {
            bytes.append(contentsOf: unsafe $0)
        }
    }

    /// An integer with its length.
    @inlinable
    mutating func append(_ words: (UInt32, UInt32)) {
        withUnsafeBytes(of: (words.0.bigEndian, words.1.bigEndian)) { bytes.append(contentsOf: unsafe $0) }
    }

    @inlinable
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: unsafe $0) }
    }

    /// Goes on to the next column and says whether this one is sent.
    @inlinable
    mutating func advance() -> Bool {
        precondition(field < columns.count, "a row has more than \(columns.count) values")
        defer { field += 1 }
        return isWritten[field]
    }

    @inlinable
    mutating func take(_ type: ColumnType) -> Bool {
        precondition(field >= types.count || types[field] == type, "\(columns[field].name) is no \(type)")
        return advance()
    }

    @inlinable
    mutating func takeBytes() -> Bool {
        if field < types.count {
            let type = types[field]
            precondition(type == .text || type == .bytea, "\(columns[field].name) is neither text nor bytea")
        }
        return advance()
    }
}
