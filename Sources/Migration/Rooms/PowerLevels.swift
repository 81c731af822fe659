// SPDX-License-Identifier: Apache-2.0

/// Who may redact the events of others (Matrix specification, "m.room.power_levels").
struct PowerLevels: Sendable {
    private var users: [String: Int64] = [:]
    private var usersDefault: Int64 = 0
    private var redact: Int64 = 50

    /// Reads the content of an `m.room.power_levels` event; in old room versions numbers may be strings.
    init(content: Range<Int>, of json: Span<UInt8>) {
        func number(_ value: Range<Int>) -> Int64? {
            if let number = JSONScanner.integer(json, value) { return number }
            guard let text = JSONScanner.text(json, value) else {
                return Double(String(decoding: Array(json, value), as: UTF8.self)).flatMap {
                    Int64(exactly: $0.rounded(.towardZero))
                }
            }
            return Int64(text.filter { !$0.isWhitespace })
        }
        if let value = JSONScanner.member("redact", of: json, in: content) { redact = number(value) ?? 50 }
        if let value = JSONScanner.member("users_default", of: json, in: content) { usersDefault = number(value) ?? 0 }
        guard let list = JSONScanner.member("users", of: json, in: content) else { return }
        var found: [String: Int64] = [:]
        _ = try? JSONScanner.forEachMember(of: json, in: list) { member throws(JSONFault) in
            let user = String(decoding: JSONScanner.unescaped(json, member.key), as: UTF8.self)
            found[user] = number(member.value)
        }
        users = found
    }

    /// Whether a user may redact anybody's events.
    func mayRedact(_ user: String) -> Bool { users[user] ?? usersDefault >= redact }
}
