// SPDX-License-Identifier: Apache-2.0

/// A row in the form of a binary COPY, arrays included.
struct Tuple {
    private(set) var bytes: [UInt8] = []

    /// Starts a row of so many values.
    mutating func begin(_ columns: Int) {
        bytes.removeAll(keepingCapacity: true)
        append(Int16(truncatingIfNeeded: columns))
    }

    mutating func write(_ value: Int64) {
        append(Int32(8))
        append(value)
    }

    mutating func write(_ value: Int32) {
        append(Int32(4))
        append(value)
    }

    mutating func write(_ value: Int16) {
        append(Int32(2))
        append(value)
    }

    mutating func write(_ value: Bool) {
        append(Int32(1))
        bytes.append(value ? 1 : 0)
    }

    mutating func write(_ value: [UInt8]) {
        append(Int32(truncatingIfNeeded: value.count))
        bytes += value
    }

    /// A text in several pieces.
    mutating func write(pieces: [UInt8]...) {
        append(Int32(truncatingIfNeeded: pieces.reduce(0) { $0 + $1.count }))
        for piece in pieces { bytes += piece }
    }

    mutating func write(_ value: String) {
        let utf8 = value.utf8
        append(Int32(truncatingIfNeeded: utf8.count))
        bytes.append(contentsOf: utf8)
    }

    mutating func writeNull() { append(Int32(-1)) }

    /// A bigint[] value: dimensions, a flag for NULLs, the element type's OID, the length, the first index, elements.
    mutating func write(_ values: [Int64]) {
        append(Int32(truncatingIfNeeded: values.isEmpty ? 12 : 20 + 12 * values.count))
        beginArray(of: 20, count: values.count)
        for value in values { write(value) }
    }

    /// A text[] value.
    mutating func write(_ values: [[UInt8]]) {
        let size = values.reduce(0) { $0 + 4 + $1.count }
        append(Int32(truncatingIfNeeded: values.isEmpty ? 12 : 20 + size))
        beginArray(of: 25, count: values.count)
        for value in values { write(value) }
    }

    private mutating func beginArray(of type: Int32, count: Int) {
        append(Int32(count == 0 ? 0 : 1))
        append(Int32(0))
        append(type)
        guard count > 0 else { return }
        append(Int32(truncatingIfNeeded: count))
        append(Int32(1))
    }

    private mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        // One question to the array whether it is shared and large enough, instead of one for each byte.
        bytes.append(addingCapacity: Value.bitWidth / 8) { output in
            var shift = Value.bitWidth - 8
            while shift >= 0 {
                output.append(UInt8(truncatingIfNeeded: value >> Value(truncatingIfNeeded: shift)))
                shift -= 8
            }
        }
    }
}
