// SPDX-License-Identifier: Apache-2.0

/// A value of a YAML document that knows its line.
///
/// Looking up what is not there gives a value whose content is ``Content/missing`` and whose line is that of the
/// mapping it was looked up in, so that `node["a"]["b"].string` needs no unwrapping and an error still has a place.
/// Two values are equal when their contents are; lines do not count.
public struct YAML: Sendable {
    /// What the value is.
    public let content: Content
    /// The line on which the value begins, counted from 1; 0 for a value that was not read from a file.
    public let line: Int
    /// A scalar's text as it was written, without quotes: `0600` where ``int`` is 384.
    public let text: String?

    /// Creates a value that may be emitted, or compared with one that was read.
    public init(_ content: Content, line: Int = 0, text: String? = nil) {
        self.content = content
        self.line = line
        self.text = text
    }

    /// The value under a key of a mapping.
    public subscript(key: String) -> YAML {
        guard case .mapping(let entries) = content else { return YAML(.missing, line: line) }
        return entries.first { $0.key.string == key }?.value ?? YAML(.missing, line: line)
    }

    /// The element of a sequence at a position counted from 0.
    public subscript(index: Int) -> YAML {
        guard let array, array.indices.contains(index) else { return YAML(.missing, line: line) }
        return array[index]
    }
}

extension YAML {
    /// The string, where the value is one: a quoted scalar, or a plain one that is nothing else.
    public var string: String? {
        guard case .string(let value) = content else { return nil }
        return value
    }

    /// The whole number, where the value is one.
    public var int: Int? {
        guard case .int(let value) = content else { return nil }
        return value
    }

    /// The truth value, where the value is one: `yes`, `on`, `true` and their opposites.
    public var bool: Bool? {
        guard case .bool(let value) = content else { return nil }
        return value
    }

    /// The elements, where the value is a sequence.
    public var array: [YAML]? {
        guard case .array(let elements) = content else { return nil }
        return elements
    }

    /// The entries in the order of the file, where the value is a mapping.
    public var mapping: [Entry]? {
        guard case .mapping(let entries) = content else { return nil }
        return entries
    }

    /// Whether there is no such value: its key is not in the file.
    public var isMissing: Bool { content == .missing }

    /// Whether there is nothing to use: the key is absent, or present without a value.
    public var isEmpty: Bool { content == .missing || content == .null }
}

extension YAML: Hashable {
    /// Whether two values hold the same, wherever they were written.
    public static func == (left: YAML, right: YAML) -> Bool { left.content == right.content }

    /// Hashes the content alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(content) }
}
