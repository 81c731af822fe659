// SPDX-License-Identifier: Apache-2.0

extension YAML {
    /// What a value of a document can be, by the rules of YAML 1.1.
    public enum Content: Sendable, Hashable {
        /// Nothing was there to look up.
        case missing
        /// `null`, `~` or nothing after a key.
        case null
        /// `yes`, `no`, `on`, `off`, `true`, `false`.
        case bool(Bool)
        /// A whole number of 64 bits; a longer one is left as a string.
        case int(Int)
        /// A number with a point.
        case float(Double)
        /// A quoted scalar, or a plain one that is nothing else; dates stay strings too.
        case string(String)
        /// A sequence.
        case array([YAML])
        /// A mapping in the order of the file; keys are unique.
        case mapping([Entry])

        /// What to call it in a message to whoever wrote the file.
        public var name: String {
            switch self {
            case .missing: "nothing"
            case .null: "empty"
            case .bool: "a truth value"
            case .int: "a whole number"
            case .float: "a number"
            case .string: "text"
            case .array: "a list"
            case .mapping: "a mapping"
            }
        }
    }

    /// One key of a mapping and its value.
    public struct Entry: Sendable, Hashable {
        /// The key, a scalar.
        public let key: YAML
        /// The value.
        public let value: YAML

        /// Creates an entry.
        public init(key: YAML, value: YAML) {
            self.key = key
            self.value = value
        }
    }
}
