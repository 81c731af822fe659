// SPDX-License-Identifier: Apache-2.0

/// Reads `key = 'value'` pairs as libpq does: quotes optional, backslash escapes within and without them.
struct KeywordScanner {
    /// Scalars, not characters: to libpq a quote ends a value also where an accent follows.
    private var rest: Substring.UnicodeScalarView

    init(_ text: String) { rest = text[...].unicodeScalars }

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
        let keyword = rest.prefix { $0 != "=" && !$0.properties.isWhitespace }
        rest = rest.dropFirst(keyword.count)
        skipSpace()
        guard !keyword.isEmpty, rest.first == "=" else { return nil }
        rest.removeFirst()
        skipSpace()
        let isQuoted = rest.first == "'"
        if isQuoted { rest.removeFirst() }
        let value = value(until: { isQuoted ? $0 == "'" : $0.properties.isWhitespace }, mustEnd: isQuoted)
        return value.map { Conninfo.Parameter(String(keyword), $0) }
    }

    private mutating func value(until isEnd: (Unicode.Scalar) -> Bool, mustEnd: Bool) -> String? {
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if isEnd(scalar) { return String(value) }
            if scalar == "\\" {
                guard let escaped = rest.popFirst() else { return mustEnd ? nil : String(value) }
                value.append(escaped)
            } else {
                value.append(scalar)
            }
        }
        return mustEnd ? nil : String(value)
    }

    private mutating func skipSpace() { rest = rest.drop { $0.properties.isWhitespace } }
}
