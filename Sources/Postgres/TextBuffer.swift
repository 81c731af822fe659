// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A text in UTF-8 that is put together from many short pieces.
///
/// It owns its memory instead of an array, as ``CopyBuffer`` does and for the same reason: a piece of ten bytes is written in less
/// time than an array takes to find out whether it is shared.
public struct TextBuffer: ~Copyable {
    @usableFromInline var start: UnsafeMutableRawPointer
    @usableFromInline var capacity = 4096
    /// Bytes of the text so far.
    public private(set) var count = 0

    /// An empty text, with room for 4096 bytes.
    public init() { start = Self.memory(of: nil, byteCount: 4096) }

    deinit { free(start) }

    /// The whole text.
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let bytes = UnsafeRawBufferPointer(start: start, count: count)
            return _overrideLifetime(Span(_unsafeBytes: bytes), borrowing: self)
        }
    }

    /// A copy of the text.
    public var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: start, count: count)) }

    /// Forgets the text and keeps the memory for another.
    public mutating func removeAll() { count = 0 }

    /// Appends bytes, which must be UTF-8.
    public mutating func append(_ piece: borrowing [UInt8]) {
        piece.withUnsafeBytes { add($0) }
    }

    /// Appends a text; one that is not UTF-8 yet is made so first.
    public mutating func append(_ piece: String) {
        var piece = piece
        piece.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// Appends bytes, which must be UTF-8.
    public mutating func append(_ piece: borrowing Span<UInt8>) {
        piece.withUnsafeBytes { add($0) }
    }

    /// Appends a part of another text.
    public mutating func append(_ other: borrowing TextBuffer, _ part: Range<Int>) {
        precondition(part.lowerBound >= 0 && part.upperBound <= other.count, "a part lies beyond its text")
        add(UnsafeRawBufferPointer(start: other.start + part.lowerBound, count: part.count))
    }

    /// Appends a number that is not negative, in decimal.
    public mutating func append(decimal value: Int64) {
        var rest = UInt64(value)
        var digits = 1
        var bound: UInt64 = 10
        while digits < 19, rest >= bound {
            digits += 1
            bound *= 10
        }
        reserve(digits)
        var place = count + digits
        repeat {
            place -= 1
            let digit = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            start.storeBytes(of: digit, toByteOffset: place, as: UInt8.self)
            rest /= 10
        } while place > count
        count += digits
    }

    @inline(__always)
    private mutating func add(_ piece: UnsafeRawBufferPointer) {
        guard let from = piece.baseAddress else { return }
        reserve(piece.count)
        (start + count).copyMemory(from: from, byteCount: piece.count)
        count += piece.count
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        guard capacity - count < more else { return }
        capacity = max(count + more, capacity * 2)
        start = Self.memory(of: start, byteCount: capacity)
    }

    private static func memory(of start: UnsafeMutableRawPointer?, byteCount: Int) -> UnsafeMutableRawPointer {
        // As any allocation of Swift's: without memory the process ends.
        guard let memory = realloc(start, byteCount) else { abort() }
        return memory
    }
}
