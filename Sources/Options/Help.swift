// SPDX-License-Identifier: Apache-2.0

extension Program {
    private static let width = 80
    /// The column at which explanations begin.
    private static let column = 26

    /// What `--help` prints of the program.
    public func help() -> String {
        var text = "\(name): \(summary)\n\nUsage: \(name) COMMAND [options]\n"
        text += paragraphs(discussion)
        text += "\nCommands:\n"
        for command in commands { text += entry(command.name, command.summary) }
        text += sections(options: options, examples: examples, exitCodes: exitCodes)
        return text + "\nEach command explains itself: \(name) COMMAND --help\n"
    }

    /// What `--help` prints of a command.
    public func help(on command: Command) -> String {
        var text = "\(name) \(command.name): \(command.summary)\n\nUsage: \(name) \(command.usage)\n"
        text += paragraphs(command.discussion)
        if !command.operands.isEmpty { text += "\n" }
        for operand in command.operands { text += entry(operand.value.name, operand.help) }
        return text
            + sections(options: command.allOptions, examples: command.examples, exitCodes: command.exitCodes)
    }

    private func sections(options: [Option], examples: [Example], exitCodes: [ExitCode]) -> String {
        var text = ""
        for group in Command.groups(of: options) {
            text += "\n\(group.heading):\n"
            for option in group.options { text += entry(option.label, option.explanation) }
        }
        if options.contains(where: { $0.environment != nil }) {
            text += "\nAn option wins over the environment variable in its brackets.\n"
        }
        if !examples.isEmpty { text += "\nExamples:\n" }
        for example in examples { text += "  \(example.purpose):\n    \(example.command)\n" }
        if !exitCodes.isEmpty { text += "\nExit codes:\n" }
        for code in exitCodes {
            let number = "  \(code.code)".padded(to: 7)
            text += number + code.meaning.wrapped(to: Self.width, indentation: 7).dropFirst(7)
        }
        return text
    }

    private func paragraphs(_ paragraphs: [String]) -> String {
        paragraphs.map { "\n" + $0.wrapped(to: Self.width, indentation: 0) }.joined()
    }

    /// A name and its explanation beside it, or below where the name is too long.
    private func entry(_ label: String, _ explanation: String) -> String {
        let name = "  \(label)"
        let text = explanation.wrapped(to: Self.width, indentation: Self.column)
        if name.count + 2 > Self.column { return "\(name)\n\(text)" }
        return name.padded(to: Self.column) + text.dropFirst(Self.column)
    }
}

extension Option {
    /// The help text, with what its value can be and the variable that can speak for it.
    var explanation: String {
        help + choice + (isRepeatable ? " May be repeated." : "") + (environment.map { " [\($0)]" } ?? "")
    }

    /// The words to choose from, unless they are in the label as the value's name.
    private var choice: String {
        guard let value, case let words = value.kind.words, !words.isEmpty else { return "" }
        return value.name == words.joined(separator: "|") ? "" : " \(value.name) of: \(words.joined(separator: ", "))."
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
