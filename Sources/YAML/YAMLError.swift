// SPDX-License-Identifier: Apache-2.0

/// Why a YAML file could not be read.
public struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file's name as it was given.
    public let file: String
    /// The line of the trouble, counted from 1; `nil` where it is the file as a whole.
    public let line: Int?
    /// What is wrong, as the end of a sentence whose subject is the file.
    public let what: String

    /// Creates an error about a file or about one of its lines.
    public init(file: String, line: Int?, what: String) {
        self.file = file
        self.line = line
        self.what = what
    }

    /// One sentence: which file, which line, what is wrong.
    public var description: String {
        guard let line else { return "\(file) \(what)." }
        return "\(file), line \(line), \(what)."
    }
}
