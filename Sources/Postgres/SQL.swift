// SPDX-License-Identifier: Apache-2.0

/// SQL text whose interpolated values are quoted as literals.
///
/// COPY takes no bind parameters, so values become literals here: `"… WHERE name = \(name)"`. What is SQL itself
/// must say so: `\(raw: fragment)`, `\(identifier: table)`.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
    /// One or several statements, or a fragment of one, as the server gets it.
    public let text: String

    /// SQL made elsewhere; the label keeps `SQL(raw: "…")` apart from a literal, whose interpolated strings are quoted.
    public init(raw text: String) { self.text = text }
    /// SQL from a literal without interpolations, as it stands.
    public init(stringLiteral value: String) { text = value }
    /// SQL from a literal whose interpolations are quoted by now.
    public init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// The same as ``text``.
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

    /// Puts a literal and its interpolations together; each type of value is quoted in its own way.
    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        /// Makes room for a text of about that length, as the compiler asks for it.
        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        /// Adds what stands in the literal, as it is.
        public mutating func appendLiteral(_ literal: String) { text += literal }
        /// Adds a text literal.
        public mutating func appendInterpolation(_ value: String) { text += SQL.literal(value) }
        /// Adds a text literal, or NULL for nil.
        public mutating func appendInterpolation(_ value: String?) { text += value.map(SQL.literal) ?? "NULL" }
        /// Adds a number in decimal digits, whose type PostgreSQL chooses by its size.
        public mutating func appendInterpolation(_ value: some FixedWidthInteger) { text += String(value) }
        /// Adds `true` or `false`.
        public mutating func appendInterpolation(_ value: Bool) { text += value ? "true" : "false" }
        /// Adds an array of bigint, as for `= ANY (\(numbers))`.
        public mutating func appendInterpolation(_ values: [Int64]) {
            text += "'{" + values.map(String.init).joined(separator: ",") + "}'::int8[]"
        }
        /// Adds an array of text, as for `= ANY (\(names))`.
        public mutating func appendInterpolation(_ values: [String]) {
            text += "ARRAY[" + values.map(SQL.literal).joined(separator: ",") + "]::text[]"
        }
        /// Adds other SQL, as it is.
        public mutating func appendInterpolation(_ fragment: SQL) { text += fragment.text }
        /// Adds a text that is SQL, as it is: never one from outside.
        public mutating func appendInterpolation(raw fragment: String) { text += fragment }
        /// Adds a quoted identifier; a schema may stand before a dot.
        public mutating func appendInterpolation(identifier name: String) { text += SQL.identifier(name) }
    }
}
