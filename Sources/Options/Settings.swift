// SPDX-License-Identifier: Apache-2.0

/// Checks what was given to a command, and adds what the environment says.
struct Settings {
    let command: Command
    let explanation: String

    /// The values of all options that have one, the command line's before the environment's.
    func merged(
        given: [Getopt.Found], environment: [String: String]
    ) throws(UsageError) -> [Option: Invocation.Setting] {
        var settings: [Option: Invocation.Setting] = [:]
        for option in command.options {
            let own = given.filter { $0.option == option }
            if !own.isEmpty {
                settings[option] = try setting(option, given: own.compactMap(\.value))
            } else if let name = option.environment, let text = environment[name], !text.isEmpty {
                settings[option] = try setting(option, variable: name, text: text)
            }
        }
        return settings
    }

    /// The operands, when they are as many as the command takes and each is what it can be.
    func checked(operands: [String]) throws(UsageError) -> [String] {
        if operands.count > command.operands.count {
            let word = operands[command.operands.count]
            throw error("'\(command.name)' does not take \(word.quoted)\(command.place(for: word)).")
        }
        for (text, operand) in zip(operands, command.operands) {
            if let demand = operand.value.kind.demand(on: text) {
                throw error("What follows '\(command.name)' \(demand).")
            }
        }
        if let absent = command.operands.dropFirst(operands.count).first(where: \.isRequired) {
            throw error("'\(command.name)' needs \(absent.value.name).")
        }
        return operands
    }

    private func setting(_ option: Option, given texts: [String]) throws(UsageError) -> Invocation.Setting {
        guard let value = option.value else { return Invocation.Setting(values: [], source: .commandLine) }
        if texts.count > 1, !option.isRepeatable { throw error("--\(option.name) is given more than once.") }
        for text in texts {
            if let demand = value.kind.demand(on: text) { throw error("--\(option.name) \(demand).") }
        }
        return Invocation.Setting(values: texts.flatMap { value.kind.values(of: $0) }, source: .commandLine)
    }

    private func setting(
        _ option: Option, variable: String, text: String
    ) throws(UsageError) -> Invocation.Setting? {
        guard let value = option.value else {
            guard let isSet = Self.truth[text.lowercased()] else {
                throw error("The environment variable \(variable) must be 1 or 0, not \(text.quoted).")
            }
            return isSet ? Invocation.Setting(values: [], source: .environment(variable)) : nil
        }
        if let demand = value.kind.demand(on: text) { throw error("The environment variable \(variable) \(demand).") }
        return Invocation.Setting(values: value.kind.values(of: text), source: .environment(variable))
    }

    private static let truth = [
        "1": true, "yes": true, "true": true, "on": true, "0": false, "no": false, "false": false, "off": false,
    ]

    private func error(_ sentence: String) -> UsageError { UsageError(sentence, explanation: explanation) }
}
