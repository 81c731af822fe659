// SPDX-License-Identifier: Apache-2.0
import CLibpq

/// A refusal by PostgreSQL or by libpq, in their own words, and the side on which it happened.
public struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The database that failed, as the operator knows it: "Dendrite's database".
    public var side: String
    /// The five characters of the SQLSTATE; nil where libpq itself failed, as when a connection is lost.
    public var sqlState: String?
    /// What went wrong, in the words of the server or of libpq, which may be translated.
    public var message: String
    /// PostgreSQL's DETAIL, which may quote what users wrote: not for output; nil where it gave none.
    public var detail: String?
    /// PostgreSQL's HINT, what to do about it; nil where it gave none.
    public var hint: String?
    /// PostgreSQL's CONTEXT, such as "COPY events, line 7, column depth"; nil where it gave none.
    public var context: String?

    /// An error from its parts, as for what no server has said.
    public init(
        side: String, sqlState: String? = nil, message: String, detail: String? = nil, hint: String? = nil,
        context: String? = nil
    ) {
        self.side = side
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
        self.context = context
    }

    /// Everything but the DETAIL and what CONTEXT quotes, either of which may be what users wrote.
    public var description: String {
        var text = "\(side): \(message)"
        if let sqlState { text += " (SQLSTATE \(sqlState))" }
        if let place { text += "; \(place)" }
        if let hint { text += ". \(hint)" }
        return text
    }

    /// Where CONTEXT says it was, if that is a line of a COPY or of a function.
    ///
    /// Nothing else is repeated: of JSON it is the text itself, of a statement what it was made of. Nor is any line but the
    /// first, as texts have lines too.
    private var place: Substring? {
        guard let line = context?.split(separator: "\n", omittingEmptySubsequences: false).first else { return nil }
        // "COPY t, line 3, column c: "the value"".
        if line.hasPrefix("COPY ") { return line.prefix { $0 != ":" } }
        return line.hasPrefix("PL/pgSQL function ") ? line : nil
    }

    /// Whether the connection is gone, so that another try needs a new one (SQLSTATE classes 08 and 57P).
    public var isConnectionLoss: Bool {
        guard let sqlState else { return true }
        return sqlState.hasPrefix("08") || sqlState.hasPrefix("57P")
    }

    /// Whether the server ran short of something, such as room on its disk (SQLSTATE class 53).
    public var isShortage: Bool { sqlState?.hasPrefix("53") ?? message.contains(Self.fullDiskAtStart) }

    /// Whether the server, the database or the role has as many sessions as it may have (too_many_connections).
    ///
    /// libpq gives no SQLSTATE where a connection fails, so PostgreSQL's words have to do, and some servers translate them.
    public var isCrowded: Bool {
        sqlState == "53300" || sqlState == nil && Self.crowdedAtStart.contains { message.contains($0) }
    }

    private static let crowdedAtStart = ["too many connections", "too many clients", "remaining connection slots"]

    /// What a new session says that finds the disk full after somebody changed an index; never translated, and without a
    /// SQLSTATE where a connection fails.
    private static let fullDiskAtStart = "could not write init file"

    /// Whether the statement was cancelled on request (query_canceled).
    public var isCancellation: Bool { sqlState == "57014" }

    init(side: String, result: OpaquePointer) {
        func field(_ code: UInt8) -> String? {
            guard let text = PQresultErrorField(result, Int32(code)) else { return nil }
            return String(cString: text)
        }
        let sqlState = field(UInt8(ascii: "C"))
        self.init(
            side: side, sqlState: sqlState,
            message: field(UInt8(ascii: "M")).map { Self.withoutValue($0, sqlState) }
                ?? Self.trimmed(PQresultErrorMessage(result)),
            detail: field(UInt8(ascii: "D")), hint: field(UInt8(ascii: "H")), context: field(UInt8(ascii: "W"))
        )
    }

    init(side: String, connection: OpaquePointer?) {
        self.init(side: side, message: Self.trimmed(PQerrorMessage(connection)))
    }

    /// "invalid input syntax for type bigint: "the value"" without the value, which PostgreSQL quotes at the end of what it
    /// says of data (SQLSTATE class 22).
    private static func withoutValue(_ message: String, _ sqlState: String?) -> String {
        guard sqlState?.hasPrefix("22") == true, let end = message.firstRange(of: ": \"") else { return message }
        return String(message[..<end.lowerBound])
    }

    private static func trimmed(_ text: UnsafePointer<CChar>?) -> String {
        guard let text else { return "no reason given" }
        let lines = String(cString: text).split(whereSeparator: \.isNewline)
        return lines.isEmpty ? "no reason given" : lines.joined(separator: "; ")
    }
}
