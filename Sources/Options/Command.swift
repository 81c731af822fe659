// SPDX-License-Identifier: Apache-2.0

/// One thing that the program does, named by the first word of its command line.
public struct Command: Sendable, Hashable {
    /// The word.
    public let name: String
    /// What it does in one line, beginning with a small letter and without a full stop.
    public let summary: String
    /// What one should know before using it, by paragraphs.
    public let discussion: [String]
    /// What it takes besides options, in order.
    public let operands: [Operand]
    /// Its options, without `--help` and `--version`.
    public let options: [Option]
    /// Command lines to learn from.
    public let examples: [Example]
    /// The numbers it may end with.
    public let exitCodes: [ExitCode]

    /// Describes a command.
    public init(
        _ name: String,
        summary: String,
        discussion: [String] = [],
        operands: [Operand] = [],
        options: [Option] = [],
        examples: [Example] = [],
        exitCodes: [ExitCode] = []
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.operands = operands
        self.options = options
        self.examples = examples
        self.exitCodes = exitCodes
    }

    /// All that may be given, `--help` and `--version` last.
    var allOptions: [Option] { options + [.help, .version] }

    /// Where a word belongs that stands where it does not; "" where nothing says so.
    func place(for word: String) -> String {
        let names = options.filter { $0.value?.kind == .connection }.map { "--\($0.name)" }
        return word.mayBeConnectionString && !names.isEmpty ? ": give it with \(names.joined(separator: " or "))" : ""
    }

    /// The groups of its options, each in the order in which the first of them is listed.
    var groups: [(heading: String, options: [Option])] { Self.groups(of: allOptions) }

    static func groups(of options: [Option]) -> [(heading: String, options: [Option])] {
        var groups: [(heading: String, options: [Option])] = []
        for option in options {
            if let place = groups.firstIndex(where: { $0.heading == option.group }) {
                groups[place].options.append(option)
            } else {
                groups.append((option.group, [option]))
            }
        }
        return groups
    }

    /// What follows the program's name on a usage line.
    var usage: String {
        let words = options.isEmpty ? operands.map(\.label) : ["[options]"] + operands.map(\.label)
        return ([name] + words).joined(separator: " ")
    }
}
