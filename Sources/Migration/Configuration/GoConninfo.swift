// SPDX-License-Identifier: Apache-2.0

/// Translates a connection string of Go's lib/pq, which Dendrite uses, into one of libpq.
///
/// They agree but for this: lib/pq hands every keyword it does not know to the server as a run-time parameter, so that
/// `search_path=…` is allowed; it has `binary_parameters`, which libpq does not need; and with `sslinline` its
/// certificates stand in the string itself.
enum GoConninfo {
    /// The same connection for libpq.
    ///
    /// - Throws: ``UntranslatableConninfo`` if libpq cannot connect in this way.
    static func translated(_ text: String) throws(UntranslatableConninfo) -> Conninfo {
        guard var conninfo = Conninfo(parsing: text) else { throw .unreadable }
        guard conninfo["sslinline"] != "true" else { throw .inlineCertificates }
        if conninfo.parameters.allSatisfy({ libpqKeywords.contains($0.keyword) }) { return conninfo }
        var options = conninfo["options"].map { [$0] } ?? []
        for parameter in conninfo.parameters
        where !libpqKeywords.contains(parameter.keyword) && !ownKeywords.contains(parameter.keyword) {
            options.append("-c \(parameter.keyword)=\(escaped(parameter.value))")
        }
        conninfo.parameters.removeAll { !libpqKeywords.contains($0.keyword) || $0.keyword == "options" }
        if !options.isEmpty { conninfo.parameters.append(.init("options", options.joined(separator: " "))) }
        return conninfo
    }

    /// Why there is no translation.
    enum UntranslatableConninfo: Error {
        case unreadable
        case inlineCertificates

        /// What follows the setting's name in a sentence.
        var sentence: String {
            switch self {
            case .unreadable: "is no connection string of PostgreSQL: write postgresql://user@host/database"
            case .inlineCertificates: "has sslinline=true: store the certificates in files and name those"
            }
        }
    }

    /// A value within `options`, where a backslash keeps a space from separating.
    private static func escaped(_ value: String) -> String {
        value.map { $0 == "\\" || $0.isWhitespace ? "\\\($0)" : String($0) }.joined()
    }

    /// What only lib/pq knows.
    private static let ownKeywords: Set<String> = ["binary_parameters", "sslinline", "disable_prepared_binary_result"]

    /// The keywords of libpq, https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS.
    private static let libpqKeywords: Set<String> = [
        "host", "hostaddr", "port", "dbname", "user", "password", "passfile", "require_auth", "channel_binding",
        "connect_timeout", "client_encoding", "options", "application_name", "fallback_application_name", "keepalives",
        "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "replication", "gssencmode",
        "sslmode", "requiressl", "sslnegotiation", "sslcompression", "sslcert", "sslkey", "sslpassword", "sslcertmode",
        "sslrootcert", "sslcrl", "sslcrldir", "sslsni", "requirepeer", "ssl_min_protocol_version",
        "ssl_max_protocol_version", "krbsrvname", "gsslib", "gssdelegation", "service", "target_session_attrs",
        "load_balance_hosts",
    ]
}
