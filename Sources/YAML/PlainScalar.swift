// SPDX-License-Identifier: Apache-2.0

/// What the text of a scalar without quotes means: YAML 1.1 as PyYAML's `safe_load` reads it.
///
/// That is not all of YAML 1.1: `y` and `n` are strings, and a float needs its point. Dates stay strings here.
struct PlainScalar {
    let text: String

    init(_ text: String) { self.text = text }

    var content: YAML.Content {
        switch text {
        case "", "~", "null", "Null", "NULL":
            return .null
        case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
            return .bool(true)
        case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
            return .bool(false)
        default:
            guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else { return .string(text) }
            return int.map { .int($0) } ?? float.map { .float($0) } ?? .string(text)
        }
    }

    /// The value of a scalar whose type a tag gives; `nil` where the text has no such value or the tag no meaning.
    func content(tagged tag: String) -> YAML.Content? {
        let standard = "tag:yaml.org,2002:"
        guard tag.hasPrefix(standard) else { return nil }
        switch tag.dropFirst(standard.count) {
        case "str": return .string(text)
        case "null": return .null
        case "int": return int.map { .int($0) }
        case "float": return (float ?? int.map(Double.init)).map { .float($0) }
        case "bool":
            guard case .bool = content else { return nil }
            return content
        case "timestamp", "binary": return .string(text)
        default: return nil
        }
    }

    private var isNegative: Bool { text.first == "-" }

    /// The text without its sign.
    private var magnitude: Substring {
        guard let first = text.first, first == "-" || first == "+" else { return text[...] }
        return text.dropFirst()
    }

    private var int: Int? {
        let digits = magnitude
        guard let first = digits.utf8.first, isDigit(first) else { return nil }
        let sign = isNegative ? "-" : ""
        func number(_ digits: Substring, radix: Int) -> Int? {
            // The sign stands in front of the prefix; Int would take one behind it.
            digits.contains { "+-".contains($0) } ? nil : Int(sign + digits.filter { $0 != "_" }, radix: radix)
        }
        if digits.hasPrefix("0b") { return number(digits.dropFirst(2), radix: 2) }
        if digits.hasPrefix("0x") { return number(digits.dropFirst(2), radix: 16) }
        if digits == "0" { return 0 }
        if digits.hasPrefix("0") { return number(digits, radix: 8) }
        if digits.contains(":") { return sexagesimal(digits) }
        return number(digits, radix: 10)
    }

    /// Base 60, as in `1:30`, which is 90; a reader of such a file is as surprised as its writer.
    private func sexagesimal(_ digits: Substring) -> Int? {
        var parts = digits.split(separator: ":", omittingEmptySubsequences: false)
        guard parts[0].utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") }) else { return nil }
        guard var value = Int(parts.removeFirst().filter { $0 != "_" }) else { return nil }
        for part in parts {
            guard isBelowSixty(part), let digit = Int(part) else { return nil }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 60)
            let (sum, stillTooLarge) = product.addingReportingOverflow(digit)
            if tooLarge || stillTooLarge { return nil }
            value = sum
        }
        return isNegative ? -value : value
    }

    private func isBelowSixty(_ part: Substring) -> Bool {
        guard (1...2).contains(part.utf8.count), part.utf8.allSatisfy(isDigit) else { return false }
        return part.utf8.count == 1 || part < "60"
    }

    private var float: Double? {
        let unsigned = magnitude
        switch unsigned {
        case ".inf", ".Inf", ".INF": return isNegative ? -.infinity : .infinity
        case ".nan", ".NaN", ".NAN": return unsigned.count == text.count ? .nan : nil
        default: break
        }
        let parts = unsigned.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let (fraction, exponent) = fractionAndExponent(parts[1]) else { return nil }
        let whole = parts[0]
        let value: Double?
        if whole.contains(":") {
            guard exponent.isEmpty, let minutes = sexagesimal(whole), let rest = Double("0.\(fraction)0") else {
                return nil
            }
            // The sign is already in the whole part.
            return isNegative ? Double(minutes) - rest : Double(minutes) + rest
        } else if whole.isEmpty {
            // PyYAML takes no sign before a bare point.
            guard unsigned.count == text.count, !fraction.isEmpty, parts[1].first != "_" else { return nil }
            value = Double("0.\(fraction)\(exponent)")
        } else {
            guard let first = whole.utf8.first, isDigit(first),
                whole.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") })
            else { return nil }
            value = Double("\(whole.filter { $0 != "_" }).\(fraction)0\(exponent)")
        }
        return value.map { isNegative ? -$0 : $0 }
    }

    /// What follows the point: digits without underscores, and an exponent, which must have a sign.
    private func fractionAndExponent(_ text: Substring) -> (fraction: String, exponent: String)? {
        let end = text.firstIndex { $0 == "e" || $0 == "E" } ?? text.endIndex
        let fraction = text[..<end]
        guard fraction.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") }) else { return nil }
        let exponent = text[end...]
        if !exponent.isEmpty {
            let signed = exponent.dropFirst()
            guard let sign = signed.first, sign == "+" || sign == "-", signed.count > 1,
                signed.dropFirst().utf8.allSatisfy(isDigit)
            else { return nil }
        }
        return (fraction.filter { $0 != "_" }, String(exponent))
    }

    private func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
}
