// SPDX-License-Identifier: Apache-2.0

/// A completion script for Bash 4 and later, which needs nothing but Bash.
struct BashCompletion {
    let program: Program

    var text: String {
        let function = "_" + program.name.identifier
        return """
            # Bash completion for \(program.name); source it, or put it into /etc/bash_completion.d.
            \(function)() {
                local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
                local kind= words=
                COMPREPLY=()
                # Bash makes three words of --name=value.
                if [[ $word == = ]]; then
                    word=
                elif [[ $previous == = ]]; then
                    previous=${COMP_WORDS[COMP_CWORD-2]}
                fi
                if ((COMP_CWORD == 1)); then
                    words='\(topLevel.joined(separator: " "))'
                else
                    case $command in
            \(program.commands.map(branch).joined())        help) words='\(names)' ;;
                    esac
                fi
                case $kind in
                    file | folder)
                        compopt -o filenames 2>/dev/null
                        local action=-f
                        [[ $kind == folder ]] && action=-d
                        mapfile -t COMPREPLY < <(compgen "$action" -- "$word")
                        ;;
                    text) ;;
                    *) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word") ;;
                esac
            }
            complete -F \(function) \(program.name)

            """
    }

    private var names: String { program.commands.map(\.name).joined(separator: " ") }

    private var topLevel: [String] { program.commands.map(\.name) + ["help"] + program.options.map { "--\($0.name)" } }

    /// What to offer after a command: the value of the option before the cursor, or the options.
    private func branch(_ command: Command) -> String {
        let offered = command.allOptions.map { "--\($0.name)" } + (command.operands.first?.value.kind.words ?? [])
        var text = "        \(command.name))\n            words='\(offered.joined(separator: " "))'\n"
        let taking = command.allOptions.filter { $0.value != nil }
        if !taking.isEmpty {
            text += "            case $previous in\n"
            for option in taking {
                text += "                --\(option.name)) \(assignment(option.value?.kind ?? .text)) ;;\n"
            }
            text += "            esac\n"
        }
        return text + "            ;;\n"
    }

    private func assignment(_ kind: Option.Kind) -> String {
        switch kind {
        case .file: "kind=file"
        case .folder: "kind=folder"
        case .words(let words), .list(let words): "words='\(words.joined(separator: " "))'"
        case .text, .connection, .number: "kind=text"
        }
    }
}

extension String {
    /// The name as a shell function can have it.
    var identifier: String { String(map { $0.isLetter || $0.isNumber ? $0 : "_" }) }
}
