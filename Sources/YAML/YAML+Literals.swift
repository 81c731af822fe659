// SPDX-License-Identifier: Apache-2.0

extension YAML: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self.init(.string(value)) }
    /// A whole number.
    public init(integerLiteral value: Int) { self.init(.int(value)) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self.init(.bool(value)) }
    /// A sequence.
    public init(arrayLiteral elements: YAML...) { self.init(.array(elements)) }
    /// A mapping in the order of the literal.
    public init(dictionaryLiteral elements: (String, YAML)...) { self = .mapping(elements) }
}

extension YAML {
    /// A string.
    public static func string(_ value: String) -> YAML { YAML(.string(value)) }
    /// A whole number.
    public static func int(_ value: Int) -> YAML { YAML(.int(value)) }
    /// A truth value.
    public static func bool(_ value: Bool) -> YAML { YAML(.bool(value)) }
    /// A mapping with string keys in the given order.
    public static func mapping(_ entries: [(String, YAML)]) -> YAML {
        YAML(.mapping(entries.map { Entry(key: .string($0.0), value: $0.1) }))
    }
}
