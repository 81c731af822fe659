// SPDX-License-Identifier: Apache-2.0

/// A completion script for the Z shell, on its own `_arguments`.
struct ZshCompletion {
    let program: Program

    var text: String {
        let function = "_" + program.name.identifier
        return """
            #compdef \(program.name)
            # Z shell completion for \(program.name); put it as _\(program.name) into a folder of $fpath.
            \(function)() {
                local curcontext=$curcontext state line
                local -a commands=(
            \(program.commands.map(description).joined())    )
                _arguments -C \\
                    \(program.options.map(specification).joined(separator: " \\\n        ")) \\
                    '1:command:->command' \\
                    '*::argument:->arguments'
                case $state in
                    command) _describe command commands ;;
                    arguments)
                        case $line[1] in
            \(program.commands.map(branch).joined())            esac
                        ;;
                esac
            }
            if [[ $funcstack[1] == _\(program.name) ]]; then
                \(function) "$@"
            else
                compdef \(function) \(program.name)
            fi

            """
    }

    private func description(_ command: Command) -> String {
        "        \(quoted(command.name + ":" + command.summary))\n"
    }

    private func branch(_ command: Command) -> String {
        let options = command.allOptions.map(specification)
        let operands = command.operands.enumerated().map { index, operand in
            quoted("\(index + 1):\(escaped(operand.value.name))\(action(operand.value.kind))")
        }
        let arguments = (options + operands).joined(separator: " \\\n                        ")
        return """
                            \(command.name))
                                _arguments \\
                                    \(arguments)
                                ;;

            """
    }

    private func specification(_ option: Option) -> String {
        let explanation = "[\(escaped(option.help))]"
        let repetition = option.isRepeatable ? "*" : ""
        guard let value = option.value else {
            guard let letter = option.letter else { return quoted("\(repetition)--\(option.name)\(explanation)") }
            return "{-\(letter),--\(option.name)}" + quoted(explanation)
        }
        return quoted("\(repetition)--\(option.name)=\(explanation):\(escaped(value.name))\(action(value.kind))")
    }

    private func action(_ kind: Option.Kind) -> String {
        switch kind {
        case .file: ":_files"
        case .folder: ":_files -/"
        case .words(let words): ":(\(words.joined(separator: " ")))"
        case .list(let words): ":_sequence compadd - \(words.joined(separator: " "))"
        case .text, .connection, .number: ":"
        }
    }

    /// Text within a specification, where colons and brackets separate.
    private func escaped(_ text: String) -> String {
        text.map { "\\:[]".contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    private func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
