// SPDX-License-Identifier: Apache-2.0

extension CanonicalJSON {
    /// Reads a text that holds one JSON value; nil if it is not JSON (RFC 8259), nested deeper than Synapse can read, or
    /// has a number that Synapse cannot read or write again.
    ///
    /// Of members of the same name the last one counts, as in Go and Python.
    init?(reading text: borrowing Span<UInt8>) {
        let bytes = text.indices.map { text[$0] }
        self.init(reading: bytes)
    }

    init?(reading bytes: [UInt8]) {
        var reader = CanonicalJSONReader(bytes: bytes)
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpacing()
        guard reader.isAtEnd else { return nil }
        self = value
    }
}

/// Reads JSON from left to right; nil stands for a text that is not JSON.
private struct CanonicalJSONReader {
    let bytes: [UInt8]
    var position = 0
    /// Python's reader, which is Synapse's, gives up near a thousand.
    static let deepest = 900
    /// Python reads no whole number of more digits (`sys.int_info.default_max_str_digits`).
    static let mostDigits = 4300

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }
    /// The next byte; 0, which JSON has no use for, at the end.
    private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    mutating func skipSpacing() {
        while next == 32 || next == 10 || next == 13 || next == 9 { position += 1 }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        skipSpacing()
        guard next == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    mutating func value(depth: Int) -> CanonicalJSON? {
        guard depth < Self.deepest else { return nil }
        skipSpacing()
        switch next {
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return array(depth)
        case UInt8(ascii: "\""): return string().map(CanonicalJSON.string)
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func word(_ word: String, _ value: CanonicalJSON) -> CanonicalJSON? {
        guard bytes[position...].starts(with: word.utf8) else { return nil }
        position += word.utf8.count
        return value
    }

    private mutating func object(_ depth: Int) -> CanonicalJSON? {
        position += 1
        var members: [[UInt8]: CanonicalJSON] = [:]
        if take("}") { return .object(members) }
        repeat {
            skipSpacing()
            guard let name = string(), take(":"), let value = value(depth: depth + 1) else { return nil }
            members[name] = value
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func array(_ depth: Int) -> CanonicalJSON? {
        position += 1
        var elements: [CanonicalJSON] = []
        if take("]") { return .array(elements) }
        repeat {
            guard let value = value(depth: depth + 1) else { return nil }
            elements.append(value)
        } while take(",")
        return take("]") ? .array(elements) : nil
    }

    private mutating func number() -> CanonicalJSON? {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let whole = position
        if next == UInt8(ascii: "0") { position += 1 } else { guard digits() else { return nil } }
        let end = position
        if next == UInt8(ascii: ".") {
            position += 1
            guard digits() else { return nil }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            guard digits() else { return nil }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // What is a fraction or has an exponent becomes infinite in Python where it is too large, and JSON has no word for that.
        guard position == end ? end - whole <= Self.mostDigits : Double(text)?.isFinite == true else { return nil }
        return .number(text)
    }

    private mutating func digits() -> Bool {
        let start = position
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
        return position > start
    }

    private mutating func string() -> [UInt8]? {
        guard next == UInt8(ascii: "\"") else { return nil }
        position += 1
        var string: [UInt8] = []
        var start = position
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                // Most strings have no escapes, and so are one piece.
                return string.isEmpty ? Array(bytes[start..<position - 1]) : string + bytes[start..<position - 1]
            case UInt8(ascii: "\\"):
                string += bytes[start..<position]
                position += 1
                guard escaped(into: &string) else { return nil }
                start = position
            case 0..<32: return nil
            default: position += 1
            }
        }
        return nil
    }

    private mutating func escaped(into string: inout [UInt8]) -> Bool {
        let letter = next
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): string.append(letter)
        case UInt8(ascii: "b"): string.append(8)
        case UInt8(ascii: "t"): string.append(9)
        case UInt8(ascii: "n"): string.append(10)
        case UInt8(ascii: "f"): string.append(12)
        case UInt8(ascii: "r"): string.append(13)
        case UInt8(ascii: "u"):
            guard var scalar = codeUnit() else { return false }
            if scalar & 0xFC00 == 0xD800, bytes[position...].starts(with: "\\u".utf8) {
                let before = position
                position += 2
                guard let low = codeUnit() else { return false }
                if low & 0xFC00 == 0xDC00 {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 | low & 0x3FF
                } else {
                    position = before
                }
            }
            append(scalar, to: &string)
        default: return false
        }
        return true
    }

    private mutating func codeUnit() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var unit: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        position += 4
        return unit
    }

    /// UTF-8, of lone surrogates too.
    private func append(_ scalar: UInt32, to string: inout [UInt8]) {
        func continuation(_ shift: UInt32) -> UInt8 { UInt8(0x80 | scalar >> shift & 0x3F) }
        switch scalar {
        case 0..<0x80: string.append(UInt8(scalar))
        case 0x80..<0x800: string += [UInt8(0xC0 | scalar >> 6), continuation(0)]
        case 0x800..<0x10000: string += [UInt8(0xE0 | scalar >> 12), continuation(6), continuation(0)]
        default: string += [UInt8(0xF0 | scalar >> 18), continuation(12), continuation(6), continuation(0)]
        }
    }
}
