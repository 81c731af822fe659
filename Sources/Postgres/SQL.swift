// SPDX-License-Identifier: Apache-2.0

/// SQL text whose interpolated values are quoted as literals.
///
/// COPY takes no bind parameters, so values become literals here: `"… WHERE name = \(name)"`. What is SQL itself
/// must say so: `\(raw: fragment)`, `\(identifier: table)`.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
    public let text: String

    /// SQL made elsewhere; the label keeps `SQL(raw: "…")` apart from a literal, whose interpolated strings are quoted.
    public init(raw text: String) { self.text = text }
    public init(stringLiteral value: String) { text = value }
    public init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    public var description: String { text }

    /// A text literal in the syntax of `standard_conforming_strings`; NUL, which PostgreSQL cannot hold, is left out.
    public static func literal(_ value: String) -> String { quoted(value, "'") }

    /// A quoted identifier; the parts of a qualified name are quoted one by one.
    public static func identifier(_ name: String) -> String {
        name.split(separator: ".", maxSplits: 1)
            .map { quoted($0, "\"") }
            .joined(separator: ".")
    }

    /// Scalar by scalar: to Swift a quote and the accent that follows it are one character, to PostgreSQL they are two.
    private static func quoted(_ value: some StringProtocol, _ quote: Unicode.Scalar) -> String {
        var text = String.UnicodeScalarView()
        text.append(quote)
        for scalar in value.unicodeScalars where scalar != "\0" {
            if scalar == quote { text.append(quote) }
            text.append(scalar)
        }
        text.append(quote)
        return String(text)
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { text += literal }
        public mutating func appendInterpolation(_ value: String) { text += SQL.literal(value) }
        public mutating func appendInterpolation(_ value: String?) { text += value.map(SQL.literal) ?? "NULL" }
        public mutating func appendInterpolation(_ value: some FixedWidthInteger) { text += String(value) }
        public mutating func appendInterpolation(_ value: Bool) { text += value ? "true" : "false" }
        public mutating func appendInterpolation(_ values: [Int64]) {
            text += "'{" + values.map(String.init).joined(separator: ",") + "}'::int8[]"
        }
        public mutating func appendInterpolation(_ values: [String]) {
            text += "ARRAY[" + values.map(SQL.literal).joined(separator: ",") + "]::text[]"
        }
        public mutating func appendInterpolation(_ fragment: SQL) { text += fragment.text }
        public mutating func appendInterpolation(raw fragment: String) { text += fragment }
        public mutating func appendInterpolation(identifier name: String) { text += SQL.identifier(name) }
    }
}
