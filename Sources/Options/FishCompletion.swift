// SPDX-License-Identifier: Apache-2.0

/// A completion script for fish.
struct FishCompletion {
    let program: Program

    var text: String {
        var lines = [
            "# fish completion for \(program.name); put it into ~/.config/fish/completions.",
            "complete -c \(program.name) -f",
        ]
        for command in program.commands {
            let words = "-a \(command.name) -d \(quoted(command.summary))"
            lines.append("complete -c \(program.name) -n __fish_use_subcommand \(words)")
        }
        lines += program.options.map { line("__fish_use_subcommand", $0) }
        for command in program.commands {
            let condition = quoted("__fish_seen_subcommand_from \(command.name)")
            lines += command.allOptions.map { line(condition, $0) }
            for word in command.operands.flatMap({ $0.value.kind.words }) {
                lines.append("complete -c \(program.name) -n \(condition) -a \(word)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ condition: String, _ option: Option) -> String {
        let short = option.letter.map { "-s \($0) " } ?? ""
        let value = option.value.map { " " + action($0.kind) } ?? ""
        return "complete -c \(program.name) -n \(condition) \(short)-l \(option.name)\(value) -d \(quoted(option.help))"
    }

    private func action(_ kind: Option.Kind) -> String {
        switch kind {
        case .file: "-r -F"
        case .folder: "-x -a '(__fish_complete_directories)'"
        case .words(let words): "-x -a '\(words.joined(separator: " "))'"
        case .list(let words): "-x -a '(__fish_append , \(words.joined(separator: " ")))'"
        case .text, .connection, .number: "-x"
        }
    }

    private func quoted(_ text: String) -> String {
        "'" + text.map { "\\'".contains($0) ? "\\\($0)" : String($0) }.joined() + "'"
    }
}
