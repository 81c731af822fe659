// SPDX-License-Identifier: Apache-2.0

/// Values of JSON text, decoded only where somebody asks.
extension JSONScanner {
    /// Whether the bytes of a range are those of a word.
    @inline(__always)
    static func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { expected in
            for index in 0..<expected.count where unsafe bytes[range.lowerBound + index] != expected[index] {
                return false
            }
            return true
        }
    }

    static func isString(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        bytes[range.lowerBound] == UInt8(ascii: "\"")
    }

    static func isObject(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        bytes[range.lowerBound] == UInt8(ascii: "{")
    }

    static func isArray(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        bytes[range.lowerBound] == UInt8(ascii: "[")
    }

    static func isNull(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        bytes[range.lowerBound] == UInt8(ascii: "n")
    }

    /// The decoded bytes (UTF-8) of a string value; nil if the value is no string.
    static func string(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
        guard isString(bytes, range) else { return nil }
        return unescaped(bytes, (range.lowerBound + 1)..<(range.upperBound - 1))
    }

    /// The decoded text of a string value; nil if the value is no string.
    static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String? {
        guard isString(bytes, range) else { return nil }
        return text(bytes, inside: (range.lowerBound + 1)..<(range.upperBound - 1))
    }

    /// The decoded text of a string between its quotes.
    static func text(_ bytes: Span<UInt8>, inside: Range<Int>) -> String {
        isPlain(bytes, inside)
            ? text(bytes.extracting(inside)) : String(decoding: unescaped(bytes, inside), as: UTF8.self)
    }

    /// Text that is written without escapes.
    static func text(_ bytes: Span<UInt8>) -> String {
        if let valid = try? UTF8Span(validating: bytes) { return String(copying: valid) }
        return String(decoding: Array(bytes, bytes.indices), as: UTF8.self)
    }

    /// Whether a string between its quotes is written without an escape, so that its bytes are the text.
    @inline(__always)
    static func isPlain(_ bytes: Span<UInt8>, _ inside: Range<Int>) -> Bool {
        let raw = unsafe bytes.bytes
        var at = inside.lowerBound
        while at + 8 <= inside.upperBound {
            if hasBackslash(unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)) { return false }
            at += 8
        }
        while at < inside.upperBound {
            if bytes[at] == UInt8(ascii: "\\") { return false }
            at += 1
        }
        return true
    }

    /// Whether one of eight bytes is a backslash: the usual test for a zero byte, after XOR.
    @inline(__always)
    private static func hasBackslash(_ word: UInt64) -> Bool {
        let slash = word ^ 0x5C5C_5C5C_5C5C_5C5C
        return (slash &- 0x0101_0101_0101_0101) & ~slash & 0x8080_8080_8080_8080 != 0
    }

    /// Whether a string value (with its quotes) says a text.
    static func isText(_ bytes: Span<UInt8>, _ value: Range<Int>, _ text: Span<UInt8>) -> Bool {
        let inside = (value.lowerBound + 1)..<(value.upperBound - 1)
        // Escapes make a text longer.
        guard inside.count >= text.count else { return false }
        guard isPlain(bytes, inside) else { return isSame(unescaped(bytes, inside).span, text) }
        return isSame(bytes.extracting(inside), text)
    }

    /// Whether two texts have the same bytes, looked at eight at a time.
    static func isSame(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        var at = 0
        while at + 8 <= one.count {
            let word = unsafe one.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
            guard unsafe word == other.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self) else {
                return false
            }
            at += 8
        }
        while at < one.count {
            guard one[at] == other[at] else { return false }
            at += 1
        }
        return true
    }

    /// The text (UTF-8) of a string between its quotes.
    static func unescaped(_ bytes: Span<UInt8>, _ inside: Range<Int>) -> [UInt8] {
        if isPlain(bytes, inside) { return Array(bytes, inside) }
        var text: [UInt8] = []
        text.reserveCapacity(inside.count)
        var at = inside.lowerBound
        while at < inside.upperBound {
            let byte = bytes[at]
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                at += 1
                continue
            }
            at += 2
            switch bytes[at - 1] {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): appendCodePoint(bytes, &at, to: &text)
            default: text.append(bytes[at - 1])
            }
        }
        return text
    }

    /// Appends the code point whose `\u` ends before `at`; the text was checked, so pairs are whole.
    private static func appendCodePoint(_ bytes: Span<UInt8>, _ at: inout Int, to text: inout [UInt8]) {
        guard let high = try? codeUnit(bytes, at - 2) else { return }
        at += 4
        var point = high
        if high & 0xFC00 == 0xD800, let low = try? codeUnit(bytes, at) {
            at += 6
            point = 0x10000 + ((high & 0x3FF) << 10 | low & 0x3FF)
        }
        if let scalar = Unicode.Scalar(point) { text.append(contentsOf: Array(String(Character(scalar)).utf8)) }
    }

    /// A whole number without fraction or exponent that fits; nil otherwise.
    static func integer(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        var at = range.lowerBound
        let isNegative = bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        guard at < range.upperBound else { return nil }
        var value: Int64 = 0
        while at < range.upperBound {
            let digit = bytes[at] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (shifted, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = shifted.addingReportingOverflow(isNegative ? -Int64(digit) : Int64(digit))
            guard !tooLarge, !overflow else { return nil }
            value = sum
            at += 1
        }
        return value
    }

    /// The value of a member of the object that `range` is; of several of that name the last.
    static func member(_ name: StaticString, of bytes: Span<UInt8>, in range: Range<Int>) -> Range<Int>? {
        var found: Range<Int>?
        _ = try? forEachMember(of: bytes, in: range) { member throws(JSONFault) in
            if equals(bytes, member.key, name) { found = member.value }
        }
        return found
    }

    /// Whether a text in UTF-8 stands in a JSON string as it is.
    static func needsNoEscape(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            let byte = text[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
        }
        return true
    }

    /// A JSON string literal of a text in UTF-8.
    static func literal(_ text: Span<UInt8>) -> [UInt8] {
        var literal: [UInt8] = []
        literal.reserveCapacity(text.count + 2)
        literal.append(UInt8(ascii: "\""))
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): literal += [UInt8(ascii: "\\"), text[index]]
            case UInt8(ascii: "\n"): literal += "\\n".utf8
            case UInt8(ascii: "\r"): literal += "\\r".utf8
            case UInt8(ascii: "\t"): literal += "\\t".utf8
            case ..<0x20:
                let digits = String(text[index], radix: 16)
                literal += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            default: literal.append(text[index])
            }
        }
        literal.append(UInt8(ascii: "\""))
        return literal
    }
}
