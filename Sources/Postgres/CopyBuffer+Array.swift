// SPDX-License-Identifier: Apache-2.0

extension CopyBuffer {
    /// A one-dimensional array, whose elements `body` writes with `element`.
    ///
    /// - Parameters:
    ///   - type: the elements' type.
    ///   - count: how many there will be.
    @inlinable
    public mutating func writeArray(of type: ColumnType, count: Int, _ body: (inout CopyBuffer) -> Void) {
        // Arrays' types are among those with large OIDs, which the buffer does not tell apart.
        let isWritten = take(0)
        let before = used
        reserve(24)
        store(Int32(0))
        // Dimensions, a flag for NULLs, the elements' type; of each dimension the length and the first index.
        store(Int32(count == 0 ? 0 : 1))
        store(Int32(0))
        store(type.oid)
        if count > 0 {
            store(Int32(truncatingIfNeeded: count))
            store(Int32(1))
            body(&self)
        }
        end(valueFrom: before, isWritten: isWritten)
    }

    /// An element of an array, inside ``writeArray(of:count:_:)`` only.
    @inlinable
    public mutating func element(_ value: Int64) {
        reserve(12)
        store(Int32(8))
        store(value)
    }

    /// A text as an element of an array, inside ``writeArray(of:count:_:)`` only.
    @inlinable
    public mutating func element(_ value: borrowing Span<UInt8>) {
        value.withUnsafeBytes { sized($0) }
    }
}
