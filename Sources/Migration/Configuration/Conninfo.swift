// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A libpq connection string as keywords and values.
///
/// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
public struct Conninfo: Sendable, Hashable, CustomStringConvertible {
    /// One setting of a connection.
    public struct Parameter: Sendable, Hashable {
        /// libpq's name of it.
        public var keyword: String
        /// Its value, unquoted.
        public var value: String

        /// Creates a setting.
        public init(_ keyword: String, _ value: String) {
            self.keyword = keyword
            self.value = value
        }
    }

    /// The settings in the order in which they were written; of two with one keyword, libpq takes the last.
    public var parameters: [Parameter]

    /// Creates a connection string from settings.
    public init(_ parameters: [Parameter]) { self.parameters = parameters }

    /// Takes a connection string apart, be it a URL or keywords with values.
    ///
    /// - Returns: `nil` if libpq could not read it either.
    public init?(parsing text: String) {
        let parsed = Self.isURL(text) ? ConninfoURL(text).parameters : KeywordScanner(text).parameters
        guard let parsed else { return nil }
        parameters = parsed
    }

    /// Whether a connection string is a URL.
    public static func isURL(_ text: String) -> Bool {
        text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
    }

    /// The value that counts for a keyword.
    public subscript(keyword: String) -> String? { parameters.last { $0.keyword == keyword }?.value }

    /// The keyword form with every value quoted, as libpq takes it.
    public var text: String {
        parameters.map { "\($0.keyword)=\(Self.quoted($0.value))" }.joined(separator: " ")
    }

    /// The keyword form for people: without secrets, and with quotes only where they are needed.
    public var redacted: String {
        parameters.map { parameter in
            let (keyword, value) = (parameter.keyword, parameter.value)
            if isSecret(parameter) { return "\(keyword)=***" }
            let needsQuotes =
                value.isEmpty || value.unicodeScalars.contains { $0.properties.isWhitespace || Self.isEscaped($0) }
            return "\(keyword)=\(needsQuotes ? Self.quoted(value) : value)"
        }.joined(separator: " ")
    }

    /// Passwords, and certificates that lib/pq allows in the string itself.
    private func isSecret(_ parameter: Parameter) -> Bool {
        ["password", "sslpassword"].contains(parameter.keyword) || parameter.value.contains("-----BEGIN")
    }

    /// A connection string for people: without secrets, and without a guess where it cannot be read.
    public static func redacted(_ text: String) -> String {
        Conninfo(parsing: text)?.redacted ?? "(a connection string that cannot be read)"
    }

    /// A value in libpq's quotes: only the quote itself and the backslash need escaping.
    ///
    /// Scalar by scalar: to Swift a quote and the accent that follows it are one character.
    public static func quoted(_ value: String) -> String {
        var text = String.UnicodeScalarView("'".unicodeScalars)
        for scalar in value.unicodeScalars {
            if isEscaped(scalar) { text.append("\\") }
            text.append(scalar)
        }
        text.append("'")
        return String(text)
    }

    private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool { scalar == "'" || scalar == "\\" }

    /// The redacted form, so that a connection string that is printed by accident gives nothing away.
    public var description: String { redacted }
}
