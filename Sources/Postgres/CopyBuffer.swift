// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Rows of one table, in the form of a binary COPY, that wait to be sent.
///
/// Each row is checked against the columns: a wrong number or type of values is a programming error and traps at the
/// first row, in the first test, instead of as "insufficient data left in message" on an operator's server.
///
/// It owns its memory instead of an array: several small values are added for each event, and asking an array each time
/// whether it is shared took longer than writing them.
public struct CopyBuffer: ~Copyable {
    let columns: [Column]
    /// Which of the columns are sent; values of the others are checked and dropped.
    let isWritten: [Bool]
    @usableFromInline let writtenCount: Int16
    /// What each column takes: its type's OID, with ``skipped`` if it is not sent; ``end`` after the last.
    @usableFromInline let expected: UnsafeMutablePointer<UInt8>
    @usableFromInline var start: UnsafeMutableRawPointer
    @usableFromInline var capacity = CopyBuffer.smallest
    @usableFromInline var used = 0
    @usableFromInline var field = 0
    @usableFromInline var rows = 0
    /// What a rejected row falls back to.
    @usableFromInline var mark = (bytes: 0, rows: 0)

    private static let smallest = 4096

    // Computed, so that other modules compile them in.
    @inlinable static var skipped: UInt8 { 0x80 }
    @inlinable static var end: UInt8 { 0x7F }
    @inlinable static var bool: UInt8 { 16 }
    @inlinable static var bytea: UInt8 { 17 }
    @inlinable static var bigint: UInt8 { 20 }
    @inlinable static var smallint: UInt8 { 21 }
    @inlinable static var integer: UInt8 { 23 }
    @inlinable static var text: UInt8 { 25 }

    /// A buffer whose rows are sent with all of their columns.
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
        writtenCount = Int16(truncatingIfNeeded: isWritten.count { $0 })
        expected = .allocate(capacity: columns.count + 1)
        for (index, column) in columns.enumerated() {
            // The types that are written have small OIDs; all others only pass through.
            let type = column.type.oid < UInt32(Self.end) ? UInt8(column.type.oid) : 0
            expected[index] = type | (isWritten[index] ? 0 : Self.skipped)
        }
        expected[columns.count] = Self.end
        start = Self.memory(of: nil, byteCount: capacity)
    }

    deinit {
        expected.deallocate()
        free(start)
    }

    /// Bytes of all rows.
    @inlinable
    public var byteCount: Int { used }

    /// Whole rows in the buffer.
    public var rowCount: Int { rows }

    /// The columns that are sent.
    var writtenColumns: [Column] { zip(columns, isWritten).filter(\.1).map(\.0) }

    /// Adds a row whose values `body` writes in the order of the columns.
    ///
    /// - Throws: what `body` throws; the row is then left out.
    @inlinable
    public mutating func append<Failure: Error>(_ body: (inout CopyBuffer) throws(Failure) -> Void) throws(Failure) {
        let before = used
        reserve(2)
        store(writtenCount)
        field = 0
        do throws(Failure) {
            try body(&self)
        } catch {
            used = before
            throw error
        }
        precondition(expected[field] == Self.end, "a row has too few values")
        rows += 1
    }

    /// Adds a tuple as another COPY gave it.
    public mutating func append(_ tuple: RawSpan) {
        tuple.withUnsafeBytes { piece($0) }
        rows += 1
    }

    /// From here on, ``fallBack()`` keeps what is in the buffer.
    @inlinable
    public mutating func keep() { mark = (used, rows) }

    /// Forgets the rows added since ``keep()``.
    public mutating func fallBack() { (used, rows) = (mark.bytes, mark.rows) }

    /// Gives most of the memory of an empty buffer back.
    public mutating func shrink() {
        precondition(used == 0, "rows are waiting in the buffer")
        guard capacity > Self.smallest else { return }
        capacity = Self.smallest
        start = Self.memory(of: start, byteCount: capacity)
    }

    /// Forgets all rows and keeps the memory for more.
    public mutating func removeAll() {
        (used, rows) = (0, 0)
        mark = (0, 0)
    }
}

// MARK: - Values

extension CopyBuffer {
    /// A bigint value.
    @inlinable
    public mutating func write(_ value: Int64) {
        guard take(Self.bigint) else { return }
        reserve(12)
        store(Int32(8))
        store(value)
    }

    /// An integer value.
    @inlinable
    public mutating func write(_ value: Int32) {
        guard take(Self.integer) else { return }
        reserve(8)
        store(Int32(4))
        store(value)
    }

    /// A smallint value.
    @inlinable
    public mutating func write(_ value: Int16) {
        guard take(Self.smallint) else { return }
        reserve(6)
        store(Int32(2))
        store(value)
    }

    /// A boolean value.
    @inlinable
    public mutating func write(_ value: Bool) {
        guard take(Self.bool) else { return }
        reserve(5)
        store(Int32(1))
        store(UInt8(value ? 1 : 0))
    }

    /// A text or bytea value; text must be UTF-8 without NUL, as PostgreSQL checks.
    @inlinable
    public mutating func write(_ value: borrowing Span<UInt8>) {
        guard takeBytes() else { return }
        value.withUnsafeBytes { sized($0) }
    }

    /// A text or bytea value; text must be UTF-8 without NUL, as PostgreSQL checks.
    @inlinable
    public mutating func write(_ value: borrowing [UInt8]) {
        guard takeBytes() else { return }
        value.withUnsafeBytes { sized($0) }
    }

    /// A text or bytea value; a text with NUL is refused by PostgreSQL when it is sent.
    @inlinable
    public mutating func write(_ value: String) {
        guard takeBytes() else { return }
        var value = value
        value.withUTF8 { sized(UnsafeRawBufferPointer($0)) }
    }

    /// NULL, in a column of any type.
    @inlinable
    public mutating func writeNull() {
        guard advance() else { return }
        reserve(4)
        store(Int32(-1))
    }

    /// A text or bytea value, or NULL for nil.
    @inlinable
    public mutating func write(_ value: String?) {
        if let value { write(value) } else { writeNull() }
    }

    /// A bigint value, or NULL for nil.
    @inlinable
    public mutating func write(_ value: Int64?) {
        if let value { write(value) } else { writeNull() }
    }

    /// A text or bytea value in several pieces, written one after the other by `body`.
    @inlinable
    public mutating func writeText<Failure: Error>(_ body: (inout CopyBuffer) throws(Failure) -> Void) throws(Failure) {
        let isWritten = takeBytes()
        let before = used
        reserve(4)
        store(Int32(0))
        try body(&self)
        end(valueFrom: before, isWritten: isWritten)
    }

    /// Writes the length of a value that was put together, or takes it back.
    @inlinable
    mutating func end(valueFrom before: Int, isWritten: Bool) {
        guard isWritten else {
            used = before
            return
        }
        let length = Int32(truncatingIfNeeded: used - before - 4)
        start.storeBytes(of: length.bigEndian, toByteOffset: before, as: Int32.self)
    }

    /// A piece of a value, inside ``writeText(_:)`` only.
    @inlinable
    public mutating func piece(_ value: borrowing Span<UInt8>) {
        value.withUnsafeBytes { piece($0) }
    }

    /// A piece of a value, inside ``writeText(_:)`` only.
    @inlinable
    public mutating func piece(_ value: borrowing [UInt8]) {
        value.withUnsafeBytes { piece($0) }
    }

    /// A piece of a value, inside ``writeText(_:)`` only.
    @inlinable
    public mutating func piece(_ value: StaticString) {
        value.withUTF8Buffer { piece(UnsafeRawBufferPointer($0)) }
    }

    /// A piece of a value, inside ``writeText(_:)`` only.
    @inlinable
    public mutating func piece(_ value: String) {
        var value = value
        value.withUTF8 { piece(UnsafeRawBufferPointer($0)) }
    }
}

// MARK: - Bytes

extension CopyBuffer {
    @inlinable
    @inline(__always)
    mutating func sized(_ value: UnsafeRawBufferPointer) {
        reserve(4 + value.count)
        store(Int32(truncatingIfNeeded: value.count))
        add(value)
    }

    @inlinable
    @inline(__always)
    mutating func piece(_ value: UnsafeRawBufferPointer) {
        reserve(value.count)
        add(value)
    }

    /// Call ``reserve(_:)`` before.
    @inlinable
    @inline(__always)
    mutating func add(_ value: UnsafeRawBufferPointer) {
        guard let from = value.baseAddress else { return }
        (start + used).copyMemory(from: from, byteCount: value.count)
        used += value.count
    }

    /// Adds an integer as the network has it; call ``reserve(_:)`` before.
    @inlinable
    @inline(__always)
    mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        start.storeBytes(of: value.bigEndian, toByteOffset: used, as: Value.self)
        used += MemoryLayout<Value>.size
    }

    @inlinable
    @inline(__always)
    mutating func reserve(_ count: Int) {
        if capacity - used < count { grow(by: count) }
    }

    @usableFromInline
    mutating func grow(by count: Int) {
        capacity = max(used + count, capacity * 2)
        start = Self.memory(of: start, byteCount: capacity)
    }

    /// Memory of another size, with the same bytes: the kernel moves pages of large ones instead of copying them, and pages that
    /// nothing was written to are none.
    private static func memory(of start: UnsafeMutableRawPointer?, byteCount: Int) -> UnsafeMutableRawPointer {
        // As any allocation of Swift's: without memory the process ends.
        guard let memory = realloc(start, byteCount) else { abort() }
        return memory
    }

    /// Goes on to the next column and says whether this one is sent.
    @inlinable
    @inline(__always)
    mutating func advance() -> Bool {
        let column = expected[field]
        precondition(column != Self.end, "a row has too many values")
        field += 1
        return column & Self.skipped == 0
    }

    @inlinable
    @inline(__always)
    mutating func take(_ type: UInt8) -> Bool {
        let column = expected[field]
        precondition(column & ~Self.skipped == type, "a value is not of its column's type")
        field += 1
        return column & Self.skipped == 0
    }

    @inlinable
    @inline(__always)
    mutating func takeBytes() -> Bool {
        let column = expected[field]
        let type = column & ~Self.skipped
        precondition(
            type == Self.text || type == Self.bytea, "a text is not of its column's type")
        field += 1
        return column & Self.skipped == 0
    }
}
