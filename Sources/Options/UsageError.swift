// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a command line.
public struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, in a sentence.
    public let sentence: String
    /// The command line that explains how it is right, such as `matrix-loader migrate --help`.
    public let explanation: String

    /// Creates an error.
    public init(_ sentence: String, explanation: String) {
        self.sentence = sentence
        self.explanation = explanation
    }

    /// What is wrong and where to read on.
    public var description: String { "\(sentence)\nSee '\(explanation)'." }
}
