// SPDX-License-Identifier: Apache-2.0

/// Reads the fields of a binary tuple from left to right; each call takes the next field, and nil means NULL.
public struct FieldReader: ~Escapable {
    private let bytes: RawSpan
    private var offset = 2

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// The length of the next field, -1 for NULL; traps past the last one, which is a mistake in the query at hand.
    @_lifetime(self: copy self)
    private mutating func nextLength() -> Int {
        let length = Int(Int32(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Int32.self)))
        offset += 4
        return length
    }

    /// Whether the next field is NULL; does not take it.
    public var nextIsNull: Bool {
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Int32.self) == -1
    }

    /// The bytes of a text or bytea field, none for NULL.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func bytesOrEmpty() -> Span<UInt8> {
        let length = max(nextLength(), 0)
        defer { offset += length }
        return Span<UInt8>(_bytes: bytes.extracting(offset..<(offset + length)))
    }

    /// The bytes of a text or bytea field.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func bytesOrNull() -> Span<UInt8>? {
        let length = nextLength()
        guard length >= 0 else { return nil }
        defer { offset += length }
        return Span<UInt8>(_bytes: bytes.extracting(offset..<(offset + length)))
    }

    /// A text field as a String; PostgreSQL guarantees valid UTF-8 in a database of that encoding.
    @_lifetime(self: copy self)
    public mutating func string() -> String? {
        let length = nextLength()
        guard length >= 0 else { return nil }
        defer { offset += length }
        return unsafe bytes.extracting(offset..<(offset + length)).withUnsafeBytes {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }

    @_lifetime(self: copy self)
    private mutating func fixed<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value? {
        let length = nextLength()
        guard length >= 0 else { return nil }
        precondition(length == MemoryLayout<Value>.size, "a field of \(length) bytes was read as \(type)")
        defer { offset += length }
        return Value(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }

    /// A bigint field.
    @_lifetime(self: copy self)
    public mutating func int64() -> Int64? { fixed(Int64.self) }

    /// An integer field.
    @_lifetime(self: copy self)
    mutating func int32() -> Int32? { fixed(Int32.self) }

    /// A smallint field.
    @_lifetime(self: copy self)
    public mutating func int16() -> Int16? { fixed(Int16.self) }

    /// A boolean field.
    @_lifetime(self: copy self)
    public mutating func bool() -> Bool? { fixed(UInt8.self).map { $0 != 0 } }

    /// A bigint[] field of at most one dimension, its NULL elements left out.
    @_lifetime(self: copy self)
    public mutating func int64Array() -> [Int64]? {
        let length = nextLength()
        guard length >= 0 else { return nil }
        let end = offset + length
        defer { offset = end }
        // Dimensions, a flag for NULLs, the element type; then size and lower bound of each dimension.
        let dimensions = Int32(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Int32.self))
        guard dimensions > 0 else { return [] }
        let count = Int(Int32(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset + 12, as: Int32.self)))
        offset += 20
        var values: [Int64] = []
        values.reserveCapacity(count)
        while offset < end {
            if let value = fixed(Int64.self) { values.append(value) }
        }
        return values
    }
}
