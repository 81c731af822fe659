// SPDX-License-Identifier: Apache-2.0

extension YAML {
    /// Writes a mapping as a block that can be pasted into a YAML file, ending in a newline.
    ///
    /// Strings are quoted where any reader, of YAML 1.1 or 1.2, could take them for something else.
    public static func emit(_ value: YAML) -> String {
        switch value.content {
        case .mapping(let entries) where !entries.isEmpty: block(entries, indentation: "")
        case .array(let elements) where !elements.isEmpty: block(elements, indentation: "")
        default: inline(value) + "\n"
        }
    }

    private static func block(_ entries: [Entry], indentation: String) -> String {
        entries.map { entry in
            "\(indentation)\(inline(entry.key)):" + nested(entry.value, indentation: indentation)
        }.joined()
    }

    private static func block(_ elements: [YAML], indentation: String) -> String {
        elements.map { "\(indentation)-" + nested($0, indentation: indentation) }.joined()
    }

    /// What follows `key:` or `-`, to the end of the line and the lines below it.
    private static func nested(_ value: YAML, indentation: String) -> String {
        switch value.content {
        case .mapping(let entries) where !entries.isEmpty: "\n" + block(entries, indentation: indentation + "  ")
        case .array(let elements) where !elements.isEmpty: "\n" + block(elements, indentation: indentation + "  ")
        default: " \(inline(value))\n"
        }
    }

    private static func inline(_ value: YAML) -> String {
        switch value.content {
        case .missing, .null: "null"
        case .bool(let truth): truth ? "true" : "false"
        case .int(let number): String(number)
        case .float(let number): inline(number)
        case .string(let text): quoted(text)
        case .array: "[]"
        case .mapping: "{}"
        }
    }

    private static func inline(_ number: Double) -> String {
        if number.isNaN { return ".nan" }
        if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
        // A float of YAML 1.1 needs its point: 1e+20 would be a string.
        let text = "\(number)"
        guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
        return text[..<exponent] + ".0" + text[exponent...]
    }

    private static func quoted(_ text: String) -> String {
        if isSafeWithoutQuotes(text) { return text }
        if text.unicodeScalars.allSatisfy(isPrintable) {
            return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        }
        return "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    /// Plain text begins with an ASCII letter and goes on with what is special nowhere in a scalar.
    private static func isSafeWithoutQuotes(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first), let last = text.utf8.last, last != UInt8(ascii: " "),
            last != UInt8(ascii: ":"), !text.contains(": "), !["y", "Y", "n", "N"].contains(text),
            case .string = PlainScalar(text).content
        else { return false }
        return text.utf8.allSatisfy { isLetter($0) || "0123456789_./@+=: -".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\t": return "\\t"
        case _ where isPrintable(scalar): return String(scalar)
        default:
            // Only control characters and a few of the first plane come here: four hexadecimal digits hold them.
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
    }
}
