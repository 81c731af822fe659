// SPDX-License-Identifier: Apache-2.0

extension Program {
    /// Understands a command line.
    ///
    /// An option on the command line is stronger than its environment variable; an empty variable counts as unset.
    ///
    /// - Parameters:
    ///   - arguments: what follows the program's name.
    ///   - environment: the environment's variables.
    /// - Throws: ``UsageError`` if the command line or a variable cannot be understood.
    public func parse(_ arguments: [String], environment: [String: String]) throws(UsageError) -> Request {
        let getopt = Getopt(program: name, options: options, explanation: "\(name) --help")
        let leading = try getopt.parse(arguments, stopsAtOperand: true)
        if let text = answer(to: leading.found.map(\.option), about: nil) { return .print(text) }
        guard let word = leading.operands.first else {
            throw UsageError("No command is given.", explanation: "\(name) --help")
        }
        let rest = Array(leading.operands.dropFirst())
        if word == "help" { return .print(try help(on: rest)) }
        return try parse(command(named: word), rest, environment)
    }

    private func parse(
        _ command: Command, _ arguments: [String], _ environment: [String: String]
    ) throws(UsageError) -> Request {
        let explanation = "\(name) \(command.name) --help"
        let getopt = Getopt(program: name, options: command.allOptions, explanation: explanation)
        let result = try getopt.parse(arguments, stopsAtOperand: false)
        if let text = answer(to: result.found.map(\.option), about: command) { return .print(text) }
        let settings = Settings(command: command, explanation: explanation)
        let invocation = Invocation(
            command: command,
            operands: try settings.checked(operands: result.operands),
            settings: try settings.merged(given: result.found, environment: environment)
        )
        switch command.name {
        case "manual": return .print(ManualPage(program: self).text)
        case "completion": return .print(completion(for: invocation.operands.first.flatMap(Shell.init) ?? .bash))
        default: return .run(invocation)
        }
    }

    /// What `--help` or `--version` print, whichever comes first.
    private func answer(to options: [Option], about command: Command?) -> String? {
        guard let first = options.first(where: { $0 == .help || $0 == .version }) else { return nil }
        if first == .version { return "\(name) \(version)\n" }
        return command.map { help(on: $0) } ?? help()
    }

    private func help(on words: [String]) throws(UsageError) -> String {
        guard let word = words.first else { return help() }
        return help(on: try command(named: word))
    }

    private func command(named word: String) throws(UsageError) -> Command {
        if let command = commands.first(where: { $0.name == word }) { return command }
        if word.mayBeConnectionString {
            let place = commands.lazy.map { $0.place(for: word) }.first { !$0.isEmpty } ?? ""
            throw UsageError("A connection string is no command\(place).", explanation: "\(name) --help")
        }
        let likely = Spelling.nearest(to: word, among: commands.map(\.name)).map { " Did you mean '\($0)'?" } ?? ""
        throw UsageError("There is no command '\(word)'.\(likely)", explanation: "\(name) --help")
    }

    /// The script that lets a shell complete command lines of this program.
    public func completion(for shell: Shell) -> String {
        switch shell {
        case .bash: BashCompletion(program: self).text
        case .zsh: ZshCompletion(program: self).text
        case .fish: FishCompletion(program: self).text
        }
    }

    /// The manual page in roff, for section 1.
    public var manualPage: String { ManualPage(program: self).text }
}
