// SPDX-License-Identifier: Apache-2.0

/// Reads `key = 'value'` pairs as libpq does: quotes optional, backslash escapes within and without them.
struct KeywordScanner {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    /// The pairs; `nil` if the text is no connection string.
    var parameters: [Conninfo.Parameter]? {
        var scanner = self
        var parameters: [Conninfo.Parameter] = []
        while true {
            scanner.skipSpace()
            if scanner.rest.isEmpty { return parameters }
            guard let parameter = scanner.parameter() else { return nil }
            parameters.append(parameter)
        }
    }

    private mutating func parameter() -> Conninfo.Parameter? {
        let keyword = rest.prefix { $0 != "=" && !$0.isWhitespace }
        rest = rest.dropFirst(keyword.count)
        skipSpace()
        guard !keyword.isEmpty, rest.first == "=" else { return nil }
        rest.removeFirst()
        skipSpace()
        let isQuoted = rest.first == "'"
        if isQuoted { rest.removeFirst() }
        let value = value(until: { isQuoted ? $0 == "'" : $0.isWhitespace }, mustEnd: isQuoted)
        return value.map { Conninfo.Parameter(String(keyword), $0) }
    }

    private mutating func value(until isEnd: (Character) -> Bool, mustEnd: Bool) -> String? {
        var value = ""
        while let character = rest.popFirst() {
            if isEnd(character) { return value }
            if character == "\\" {
                guard let escaped = rest.popFirst() else { return mustEnd ? nil : value }
                value.append(escaped)
            } else {
                value.append(character)
            }
        }
        return mustEnd ? nil : value
    }

    private mutating func skipSpace() { rest = rest.drop(while: \.isWhitespace) }
}
