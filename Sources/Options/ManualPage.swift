// SPDX-License-Identifier: Apache-2.0

/// The manual page in roff, with the macros of man(7), which every system renders.
struct ManualPage {
    let program: Program

    var text: String {
        let title = #".TH \#(argument(program.name.uppercased())) 1 "\#(program.date)""#
        let source = #" \#(argument("\(program.name) \(program.version)")) "User Commands""#
        var lines = [title + source]
        lines += [".SH NAME", roff(program.name) + " \\- " + roff(program.summary)]
        lines += [".SH SYNOPSIS"] + synopsis
        lines += [".SH DESCRIPTION"] + paragraphs(program.discussion.isEmpty ? [program.summary] : program.discussion)
        lines += [".SH COMMANDS"] + program.commands.flatMap(section)
        lines += [".SH OPTIONS"] + (shared + program.options).flatMap { entry($0) }
        lines += environment
        if !program.exitCodes.isEmpty { lines += [".SH EXIT STATUS"] + program.exitCodes.flatMap(entry) }
        if !program.examples.isEmpty { lines += [".SH EXAMPLES"] + program.examples.flatMap(entry).dropFirst() }
        if !program.seeAlso.isEmpty { lines += [".SH SEE ALSO"] + references }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The options of more than one command, which are explained once.
    private var shared: [Option] {
        var seen: Set<Option> = []
        var shared: [Option] = []
        for option in program.commands.flatMap(\.options) {
            let isFirst = seen.insert(option).inserted
            if !isFirst, !shared.contains(option) { shared.append(option) }
        }
        return shared
    }

    private var synopsis: [String] {
        program.commands.enumerated().flatMap { index, command in
            let rest = command.usage.dropFirst(command.name.count)
            let line = #"\fB\#(roff(program.name)) \#(roff(command.name))\fR\#(roff(String(rest)))"#
            return index == 0 ? [line] : [".br", line]
        }
    }

    private func section(_ command: Command) -> [String] {
        var lines = [".SS \(argument(command.name))"] + paragraphs([command.summary.sentence] + command.discussion)
        for operand in command.operands { lines += entry(#"\fI\#(roff(operand.value.name))\fR"#, operand.help) }
        lines += command.options.filter { !shared.contains($0) }.flatMap { entry($0) }
        let elsewhere = command.options.filter(shared.contains).map { "--\($0.name)" }
        if !elsewhere.isEmpty {
            lines += [".PP"] + wrapped("Takes \(elsewhere.joined(separator: ", ")), see OPTIONS.")
        }
        if !command.exitCodes.isEmpty {
            let codes = command.exitCodes.map { "\($0.code) (\($0.meaning))" }.joined(separator: ", ")
            lines += [".PP"] + wrapped("Ends with \(codes).")
        }
        return lines + command.examples.flatMap(entry)
    }

    private func entry(_ option: Option) -> [String] {
        let short = option.letter.map { #"\fB\-\#($0)\fR, "# } ?? ""
        let value = option.value.map { #" \fI\#(roff($0.name))\fR"# } ?? ""
        return entry(#"\#(short)\fB\-\-\#(roff(option.name))\fR\#(value)"#, option.explanation)
    }

    private func entry(_ code: ExitCode) -> [String] { entry(#"\fB\#(code.code)\fR"#, code.meaning.sentence) }

    private func entry(_ example: Example) -> [String] {
        [".PP"] + wrapped(example.purpose + ":") + [".PP", ".RS 4", ".nf", roff(example.command), ".fi", ".RE"]
    }

    /// A term and its explanation, indented.
    private func entry(_ term: String, _ explanation: String) -> [String] { [".TP", term] + wrapped(explanation) }

    private var environment: [String] {
        var seen: Set<String> = []
        let options = program.commands.flatMap(\.options).filter { option in
            option.environment.map { seen.insert($0).inserted } ?? false
        }
        guard !options.isEmpty else { return [] }
        let rule = "Each variable speaks where its option is not given. A flag is set by 1 and not set by 0."
        return [".SH ENVIRONMENT"] + wrapped(rule)
            + options.flatMap { entry(#"\fB\#(roff($0.environment ?? ""))\fR"#, "Stands for --\($0.name).") }
    }

    private var references: [String] {
        program.seeAlso.enumerated().map { index, page in
            let parts = page.split(separator: "(", maxSplits: 1)
            let comma = index == program.seeAlso.count - 1 ? "" : ","
            guard parts.count == 2 else { return roff(page) + comma }
            return ".BR \(roff(String(parts[0]))) (\(roff(String(parts[1])))\(comma)"
        }
    }

    private func paragraphs(_ paragraphs: [String]) -> [String] {
        paragraphs.enumerated().flatMap { index, text in (index == 0 ? [] : [".PP"]) + wrapped(text) }
    }

    private func wrapped(_ text: String) -> [String] { text.lines(ofAtMost: 72).map(roff) }

    /// An argument of a macro.
    private func argument(_ text: String) -> String {
        "\"" + roff(text).split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\(dq") + "\""
    }

    /// Text whose characters mean themselves: a hyphen is one that can be copied, a leading dot is no request.
    private func roff(_ text: String) -> String {
        let escaped = text.map { character in
            switch character {
            case "\\": "\\e"
            case "-": "\\-"
            case "'": "\\(aq"
            case "~": "\\(ti"
            case "^": "\\(ha"
            case "`": "\\(ga"
            default: String(character)
            }
        }.joined()
        return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
    }
}

extension String {
    /// The text with a capital in front and a full stop behind.
    var sentence: String {
        let capital = prefix(1).uppercased() + dropFirst()
        return hasSuffix(".") ? capital : capital + "."
    }
}
