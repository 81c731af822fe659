// SPDX-License-Identifier: Apache-2.0

/// Several tables' buffers side by side; an array cannot hold what owns memory.
public struct CopyBuffers: ~Copyable {
    @usableFromInline let start: UnsafeMutablePointer<CopyBuffer>
    @usableFromInline let count: Int

    /// An empty buffer for each table.
    ///
    /// - Parameter tables: each table's columns, and which of them are sent.
    public init(_ tables: [(columns: [Column], isWritten: [Bool])] = []) {
        count = tables.count
        start = .allocate(capacity: count)
        for (index, table) in tables.enumerated() {
            (start + index).initialize(to: CopyBuffer(columns: table.columns, isWritten: table.isWritten))
        }
    }

    deinit {
        start.deinitialize(count: count)
        start.deallocate()
    }

    /// The positions of all buffers: those of the tables that ``init(_:)`` was given.
    public var indices: Range<Int> { 0..<count }

    /// The buffer of a table, in its place.
    ///
    /// - Precondition: there is one; see ``indices``.
    @inlinable
    public subscript(_ position: Int) -> CopyBuffer {
        _read {
            precondition(position >= 0 && position < count, "no buffer \(position)")
            yield start[position]
        }
        _modify {
            precondition(position >= 0 && position < count, "no buffer \(position)")
            yield &start[position]
        }
    }
}
