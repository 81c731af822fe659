// SPDX-License-Identifier: Apache-2.0

extension Option {
    /// What follows an option, or a command.
    public struct Value: Sendable, Hashable {
        /// How `--help` calls it, in capitals: `FILE`, `N`.
        public let name: String
        /// What it can be.
        public let kind: Kind

        /// Describes a value.
        public init(_ name: String, _ kind: Kind = .text) {
            self.name = name
            self.kind = kind
        }

        /// A file, called `FILE`.
        public static let file = Value("FILE", .file)
        /// A folder, called `DIR`.
        public static let folder = Value("DIR", .folder)
        /// How libpq finds a database, called `CONNINFO`.
        public static let connection = Value("CONNINFO", .connection)
        /// A whole number, called `N`.
        public static func number(_ range: ClosedRange<Int>) -> Value { Value("N", .number(range)) }
        /// One of some words, which are also what it is called: `stop|skip`.
        public static func oneOf(_ words: String...) -> Value { Value(words.joined(separator: "|"), .words(words)) }
    }

    /// What a value can be: checked when it is parsed, and offered by completion.
    public enum Kind: Sendable, Hashable {
        /// Any text that is not empty.
        case text
        /// How libpq finds a database, which may hold a password.
        case connection
        /// The path of a file.
        case file
        /// The path of a folder.
        case folder
        /// A whole number within bounds.
        case number(ClosedRange<Int>)
        /// One of these words.
        case words([String])
        /// Some of these words, with commas between.
        case list([String])

        /// The words to choose from, where there are any.
        var words: [String] {
            switch self {
            case .words(let words), .list(let words): words
            default: []
            }
        }

        /// What a text should have been, where it cannot be a value of this kind.
        func demand(on text: String) -> String? {
            switch self {
            case .text, .connection:
                return text.isEmpty ? "must not be empty" : nil
            case .file, .folder:
                if text.contains("://") { return "must be a \(self == .file ? "file" : "folder"), not \(text.quoted)" }
                return text.isEmpty ? "must not be empty" : nil
            case .number(let range):
                if let number = Int(text), range.contains(number) { return nil }
                return "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(text.quoted)"
            case .words(let words):
                return words.contains(text) ? nil : "must be \(Self.alternatives(words)), not \(text.quoted)"
            case .list(let words):
                let unknown = Self.elements(of: text).first { !words.contains($0) }
                let choice = words.joined(separator: ", ")
                return unknown.map { "takes a list of \(choice) with commas between, not \($0.quoted)" }
            }
        }

        /// The values that a text stands for: several for a list.
        func values(of text: String) -> [String] {
            if case .list = self { return Self.elements(of: text) }
            return [text]
        }

        private static func elements(of list: String) -> [String] {
            list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }

        private static func alternatives(_ words: [String]) -> String {
            guard let last = words.last, words.count > 1 else { return words.joined() }
            return "\(words.dropLast().joined(separator: ", ")) or \(last)"
        }
    }
}
