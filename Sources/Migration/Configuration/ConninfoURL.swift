// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Reads `postgresql://user:password@host:port,host:port/database?keyword=value` as libpq and Go do.
///
/// Where one of them is stricter the other decides, except that a port must be a number: otherwise it is more likely
/// a part of a password, and would be shown.
///
/// Foundation's `URL` refuses several hosts and an empty host with credentials, which are both valid here.
struct ConninfoURL {
    private let text: String

    init(_ text: String) { self.text = text }

    /// The URL's parts as keywords; `nil` if it is not valid.
    var parameters: [Conninfo.Parameter]? {
        guard let scheme = text.range(of: "://") else { return nil }
        var rest = text[scheme.upperBound...]
        let query = rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...] }
        rest = rest.prefix { $0 != "?" }
        let authority = rest.prefix { $0 != "/" }
        let database = rest.dropFirst(authority.count + 1)
        // An unescaped slash in a password would make its end the database's name, and printable.
        guard !database.contains("@") else { return nil }
        guard let credentials = credentials(authority), let hosts = hosts(authority) else { return nil }
        guard let name = decoded(database), let settings = settings(query ?? "") else { return nil }
        return credentials + hosts + (name.isEmpty ? [] : [.init("dbname", name)]) + settings
    }

    private func credentials(_ authority: Substring) -> [Conninfo.Parameter]? {
        // Go takes the last @, so that a password may hold one as it is.
        guard let at = authority.lastIndex(of: "@") else { return [] }
        let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = decoded(parts[0]), let password = decoded(parts.count > 1 ? parts[1] : "") else { return nil }
        return (user.isEmpty ? [] : [.init("user", user)]) + (password.isEmpty ? [] : [.init("password", password)])
    }

    private func hosts(_ authority: Substring) -> [Conninfo.Parameter]? {
        let text = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        if text.isEmpty { return [] }
        var hosts: [String] = []
        var ports: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let (host, port) = hostAndPort(part) else { return nil }
            hosts.append(host)
            ports.append(port)
        }
        let (host, port) = (hosts.joined(separator: ","), ports.joined(separator: ","))
        return (host.isEmpty ? [] : [.init("host", host)]) + (port.isEmpty ? [] : [.init("port", port)])
    }

    private func hostAndPort(_ text: Substring) -> (host: String, port: String)? {
        var host = text
        var port: Substring = ""
        // An IPv6 address stands in brackets, as its colons are not the port's.
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard port.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return decoded(host).map { ($0, String(port)) }
    }

    private func settings(_ query: Substring) -> [Conninfo.Parameter]? {
        var settings: [Conninfo.Parameter] = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let keyword = decoded(parts[0]), let value = decoded(parts[1]) else { return nil }
            // JDBC's spelling, which libpq takes in URLs alone.
            settings.append(keyword == "ssl" && value == "true" ? .init("sslmode", "require") : .init(keyword, value))
        }
        return settings
    }

    private func decoded(_ text: Substring) -> String? { String(text).removingPercentEncoding }
}
