// SPDX-License-Identifier: Apache-2.0

/// A JSON value as it was written, less its spacing and its order: numbers keep their text, strings lone surrogates.
///
/// Swift's strings hold no lone surrogates and take different spellings of a character for equal, so strings are bytes
/// here: UTF-8 in which a lone surrogate, too, has the three bytes that its number would give.
indirect enum CanonicalJSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(String)
    case string([UInt8])
    case array([CanonicalJSON])
    case object([[UInt8]: CanonicalJSON])

    init(_ text: String) { self = .string(Array(text.utf8)) }

    /// The member of an object; nil for other values.
    subscript(_ name: String) -> CanonicalJSON? { members?[Array(name.utf8)] }

    var members: [[UInt8]: CanonicalJSON]? {
        if case .object(let members) = self { members } else { nil }
    }

    var elements: [CanonicalJSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// A string as PostgreSQL can store it; nil for other values, lone surrogates and NUL.
    var text: String? {
        if case .string(let bytes) = self { Self.text(bytes) } else { nil }
    }

    /// A member's name as PostgreSQL can store it; nil for lone surrogates and NUL.
    static func text(_ bytes: [UInt8]) -> String? {
        bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }

    var isNull: Bool { self == .null }

    /// Whether a string or a member's name in it holds half of a pair of surrogates, which UTF-8 has no bytes for: nobody can be
    /// sent it in the form that is signed.
    var holdsLoneSurrogates: Bool {
        switch self {
        case .null, .bool, .number: false
        case .string(let bytes): !Self.isUTF8(bytes)
        case .array(let elements): elements.contains(where: \.holdsLoneSurrogates)
        case .object(let members): members.contains { !Self.isUTF8($0.key) || $0.value.holdsLoneSurrogates }
        }
    }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    /// How many values are nested in one another: 1 for one that holds no other.
    var depth: Int {
        switch self {
        case .null, .bool, .number, .string: 1
        case .array(let elements): 1 + (elements.map(\.depth).max() ?? 0)
        case .object(let members): 1 + (members.values.map(\.depth).max() ?? 0)
        }
    }

    /// What languages that have such a notion take for true: anything but null, false, zero and what is empty.
    var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .number(let text): Double(text) != 0
        case .string(let bytes): !bytes.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    /// The canonical form: members sorted by code point, no spacing, nothing escaped that need not be
    /// (Matrix specification, appendix "Canonical JSON"); numbers as they were written, as signatures need them.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let text): bytes += text.utf8
        case .string(let string): Self.write(string, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (position, element) in elements.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            // The order of UTF-8's bytes is that of the code points.
            let sorted = members.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            for (position, member) in sorted.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ string: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var position = 0
        while position < string.count {
            let byte = string[position]
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 8: bytes += "\\b".utf8
            case 9: bytes += "\\t".utf8
            case 10: bytes += "\\n".utf8
            case 12: bytes += "\\f".utf8
            case 13: bytes += "\\r".utf8
            case 0..<32: escape(UInt16(byte), to: &bytes)
            case 0xED where position + 2 < string.count && string[position + 1] >= 0xA0:
                let unit =
                    UInt16(byte & 15) << 12 | UInt16(string[position + 1] & 63) << 6 | UInt16(string[position + 2] & 63)
                escape(unit, to: &bytes)
                position += 2
            default: bytes.append(byte)
            }
            position += 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ unit: UInt16, to bytes: inout [UInt8]) {
        bytes += "\\u".utf8
        let digits = Array("0123456789abcdef".utf8)
        for shift in [12, 8, 4, 0] { bytes.append(digits[Int(unit >> UInt16(shift) & 15)]) }
    }
}
