// SPDX-License-Identifier: Apache-2.0
import YAML

/// Why a configuration file, or a file that one names, cannot be used.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file's path as it was given.
    public let file: String
    /// The line, counted from 1; `nil` where it is the file as a whole.
    public let line: Int?
    /// What is wrong and what to do about it; never a secret.
    public let sentence: String

    /// Creates an error about a file or about one of its lines.
    public init(file: String, line: Int? = nil, sentence: String) {
        self.file = file
        self.line = line
        self.sentence = sentence
    }

    init(_ error: YAMLError) {
        self.init(file: error.file, line: error.line, sentence: "the file \(error.what).")
    }

    /// Where, and what.
    public var description: String {
        line.map { "\(file), line \($0): \(sentence)" } ?? "\(file): \(sentence)"
    }
}
