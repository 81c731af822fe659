// SPDX-License-Identifier: Apache-2.0

/// Walks JSON text (RFC 8259) without building a tree: values are ranges of bytes.
///
/// All is checked: grammar, numbers, escapes, and that strings are UTF-8, as a damaged row must not take others with it.
/// Half a surrogate pair is a fault, since Synapse answers any request that meets one with an error; so is a number that
/// it would read as infinite, or not at all.
enum JSONScanner {
    /// Nesting that is followed; Synapse's own reader stops long before.
    static let deepest = 512

    /// Where a member of an object stands.
    struct Member {
        /// The key without its quotes, escapes as written.
        let key: Range<Int>
        let value: Range<Int>
    }

    /// Calls `body` with each member of the object that `range` is.
    ///
    /// - Returns: false if the value is no object.
    /// - Throws: ``JSONFault`` if it is no JSON.
    @discardableResult
    static func forEachMember(
        of bytes: Span<UInt8>, in range: Range<Int>, _ body: (Member) throws(JSONFault) -> Void
    ) throws(JSONFault) -> Bool {
        var at = range.lowerBound
        skipSpace(bytes, &at)
        guard at < range.upperBound, bytes[at] == UInt8(ascii: "{") else { return false }
        try walkObject(bytes, &at, depth: 0) { key, at throws(JSONFault) in
            let start = at
            try skipValue(bytes, &at, depth: 1)
            try body(Member(key: key, value: start..<at))
        }
        return true
    }

    /// Calls `body` with each element of the array that `range` is.
    ///
    /// - Returns: false if the value is no array.
    @discardableResult
    static func forEachElement(
        of bytes: Span<UInt8>, in range: Range<Int>, _ body: (Range<Int>) throws(JSONFault) -> Void
    ) throws(JSONFault) -> Bool {
        var at = range.lowerBound
        skipSpace(bytes, &at)
        guard at < range.upperBound, bytes[at] == UInt8(ascii: "[") else { return false }
        try walkArray(bytes, &at, depth: 0) { at throws(JSONFault) in
            let start = at
            try skipValue(bytes, &at, depth: 1)
            try body(start..<at)
        }
        return true
    }

    /// Steps over an object; `member` is given each key, without its quotes, and has to step over its value.
    ///
    /// - Parameter depth: how many containers are around this one.
    /// - Throws: ``JSONFault`` if it is no JSON.
    @inline(__always)
    static func walkObject(
        _ bytes: Span<UInt8>, _ at: inout Int, depth: Int,
        _ member: (_ key: Range<Int>, _ at: inout Int) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        try walk(bytes, &at, to: UInt8(ascii: "}"), depth: depth) { at throws(JSONFault) in
            let start = at
            try skipString(bytes, &at)
            let key = (start + 1)..<(at - 1)
            skipSpace(bytes, &at)
            try expect(UInt8(ascii: ":"), bytes, &at)
            skipSpace(bytes, &at)
            try member(key, &at)
        }
    }

    /// Steps over an array; `element` has to step over each of its values.
    ///
    /// - Parameter depth: how many containers are around this one.
    /// - Throws: ``JSONFault`` if it is no JSON.
    @inline(__always)
    static func walkArray(
        _ bytes: Span<UInt8>, _ at: inout Int, depth: Int, _ element: (inout Int) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        try walk(bytes, &at, to: UInt8(ascii: "]"), depth: depth, element)
    }

    /// Steps over what stands between brackets, parted by commas.
    @inline(__always)
    private static func walk(
        _ bytes: Span<UInt8>, _ at: inout Int, to end: UInt8, depth: Int, _ part: (inout Int) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        guard depth < deepest else { throw JSONFault(reason: "nested too deeply", offset: at) }
        at += 1
        skipSpace(bytes, &at)
        if at < bytes.count, bytes[at] == end {
            at += 1
            return
        }
        while true {
            skipSpace(bytes, &at)
            try part(&at)
            skipSpace(bytes, &at)
            guard at < bytes.count else { throw JSONFault(reason: "the text ends early", offset: at) }
            if bytes[at] == end {
                at += 1
                return
            }
            try expect(UInt8(ascii: ","), bytes, &at)
        }
    }

    /// Whether nothing but space follows.
    static func isEnd(_ bytes: Span<UInt8>, _ offset: Int) -> Bool {
        var at = offset
        skipSpace(bytes, &at)
        return at == bytes.count
    }

    @inline(__always)
    static func skipSpace(_ bytes: Span<UInt8>, _ at: inout Int) {
        while at < bytes.count, isSpace(bytes[at]) { at += 1 }
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte <= 0x20 && (byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09)
    }

    @inline(__always)
    private static func expect(_ byte: UInt8, _ bytes: Span<UInt8>, _ at: inout Int) throws(JSONFault) {
        guard at < bytes.count else { throw JSONFault(reason: "the text ends early", offset: at) }
        guard bytes[at] == byte else { throw JSONFault(reason: "no JSON", offset: at) }
        at += 1
    }

    /// Steps over any value.
    static func skipValue(_ bytes: Span<UInt8>, _ at: inout Int, depth: Int) throws(JSONFault) {
        guard at < bytes.count else { throw JSONFault(reason: "the text ends early", offset: at) }
        switch bytes[at] {
        case UInt8(ascii: "\""): try skipString(bytes, &at)
        case UInt8(ascii: "{"):
            try walkObject(bytes, &at, depth: depth) { _, at throws(JSONFault) in
                try skipValue(bytes, &at, depth: depth + 1)
            }
        case UInt8(ascii: "["):
            try walkArray(bytes, &at, depth: depth) { at throws(JSONFault) in
                try skipValue(bytes, &at, depth: depth + 1)
            }
        case UInt8(ascii: "t"): try skipWord("true", bytes, &at)
        case UInt8(ascii: "f"): try skipWord("false", bytes, &at)
        case UInt8(ascii: "n"): try skipWord("null", bytes, &at)
        default: try skipNumber(bytes, &at)
        }
    }

    private static func skipWord(_ word: StaticString, _ bytes: Span<UInt8>, _ at: inout Int) throws(JSONFault) {
        let length = word.utf8CodeUnitCount
        guard at + length <= bytes.count else { throw JSONFault(reason: "the text ends early", offset: at) }
        guard equals(bytes, at..<(at + length), word) else { throw JSONFault(reason: "no JSON", offset: at) }
        at += length
    }

    private static func skipNumber(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONFault) {
        let start = at
        var isWhole = true
        if at < bytes.count, bytes[at] == UInt8(ascii: "-") { at += 1 }
        let first = at
        skipDigits(bytes, &at)
        guard at > first, at == first + 1 || bytes[first] != UInt8(ascii: "0") else {
            throw JSONFault(reason: "no JSON", offset: start)
        }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            isWhole = false
            let fraction = at
            skipDigits(bytes, &at)
            guard at > fraction else { throw JSONFault(reason: "no JSON", offset: start) }
        }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            isWhole = false
            if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            let exponent = at
            skipDigits(bytes, &at)
            guard at > exponent else { throw JSONFault(reason: "no JSON", offset: start) }
        }
        if !isWhole || at - start > longestInteger { try expectFinite(bytes, start..<at, isWhole: isWhole) }
    }

    /// Digits of the longest integer that Python reads.
    private static let longestInteger = 4300

    private static func expectFinite(_ bytes: Span<UInt8>, _ number: Range<Int>, isWhole: Bool) throws(JSONFault) {
        // Without a large exponent or many digits no number is too large.
        var hasExponent = false
        for offset in number where bytes[offset] | 0x20 == UInt8(ascii: "e") { hasExponent = true }
        guard isWhole || hasExponent || number.count > 300 else { return }
        let value = isWhole ? nil : Double(String(decoding: Array(bytes, number), as: UTF8.self))
        guard value?.isFinite == true else { throw JSONFault(reason: "a number too large", offset: number.lowerBound) }
    }

    private static func skipDigits(_ bytes: Span<UInt8>, _ at: inout Int) {
        while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at += 1 }
    }

    /// Steps over a string, quotes included; eight bytes at a time as long as they hold nothing special.
    static func skipString(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONFault) {
        try expect(UInt8(ascii: "\""), bytes, &at)
        let raw = unsafe bytes.bytes
        let last = bytes.count - 8
        // Not `at` itself, which would be read from memory and written to it for every word.
        var place = at
        while true {
            while place <= last {
                // Eight bytes from here are inside, as just compared.
                let word = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
                let marks = specials(UInt64(littleEndian: word))
                guard marks == 0 else {
                    // The lowest mark is sure to be right, and those above it may stem from a carry.
                    place &+= marks.trailingZeroBitCount / 8
                    break
                }
                place &+= 8
            }
            if place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
                at = place + 1
                return
            }
            try skipCharacter(bytes, &place)
        }
    }

    /// Steps over one character of a string, or its escape.
    private static func skipCharacter(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONFault) {
        guard at < bytes.count else { throw JSONFault(reason: "the text ends early", offset: at) }
        let byte = bytes[at]
        if byte == UInt8(ascii: "\\") {
            try skipEscape(bytes, &at)
        } else if byte < 0x20 {
            throw JSONFault(reason: "a control character in a string", offset: at)
        } else if byte < 0x80 {
            at += 1
        } else {
            guard let length = lengthOfScalar(bytes, at) else { throw JSONFault(reason: "no UTF-8", offset: at) }
            at += length
        }
    }

    /// Marks which of eight bytes is a quote, a backslash, below 0x20 or no ASCII: the usual tests for a zero byte, after XOR.
    @inline(__always)
    private static func specials(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* 0x22)
        let slash = word ^ (ones &* 0x5C)
        let zeroes = ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | ((word &- ones &* 0x20) & ~word)
        return (zeroes | word) & highs
    }

    /// Bytes of the code point that begins at an offset; nil if it is no UTF-8 (the Unicode standard, table 3-7).
    private static func lengthOfScalar(_ bytes: Span<UInt8>, _ at: Int) -> Int? {
        let (length, second): (Int, ClosedRange<UInt8>)
        switch bytes[at] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard at + length <= bytes.count, second.contains(bytes[at + 1]) else { return nil }
        for offset in (at + 2)..<(at + length) where bytes[offset] & 0xC0 != 0x80 { return nil }
        return length
    }

    private static func skipEscape(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONFault) {
        guard at + 1 < bytes.count else { throw JSONFault(reason: "the text ends early", offset: at) }
        switch bytes[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit(bytes, at)
            if unit & 0xFC00 == 0xD800 {
                guard at + 7 < bytes.count, bytes[at + 6] == UInt8(ascii: "\\"), bytes[at + 7] == UInt8(ascii: "u"),
                    try codeUnit(bytes, at + 6) & 0xFC00 == 0xDC00
                else { throw JSONFault(reason: "half a surrogate pair", offset: at) }
                at += 12
            } else if unit & 0xFC00 == 0xDC00 {
                throw JSONFault(reason: "half a surrogate pair", offset: at)
            } else {
                at += 6
            }
        default:
            throw JSONFault(reason: "an unknown escape", offset: at)
        }
    }

    /// The code unit of the `\u` escape at an offset.
    static func codeUnit(_ bytes: Span<UInt8>, _ at: Int) throws(JSONFault) -> UInt32 {
        guard at + 6 <= bytes.count else { throw JSONFault(reason: "the text ends early", offset: at) }
        var unit: UInt32 = 0
        for offset in (at + 2)..<(at + 6) {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte & 0xF)
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                unit = unit << 4 | UInt32(byte & 0xF) + 9
            default: throw JSONFault(reason: "an unknown escape", offset: at)
            }
        }
        return unit
    }
}
