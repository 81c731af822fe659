// SPDX-License-Identifier: Apache-2.0

/// A command with the values of its options, from the command line and, below that, from the environment.
public struct Invocation: Sendable {
    /// The command.
    public let command: Command
    /// What was given besides options; as many as the command demands, and no more than it takes.
    public let operands: [String]
    private let settings: [Option: Setting]

    /// Where an option's value comes from.
    public enum Source: Sendable, Hashable {
        /// From the command line.
        case commandLine
        /// From the environment variable of this name.
        case environment(String)
    }

    struct Setting {
        let values: [String]
        let source: Source
    }

    init(command: Command, operands: [String], settings: [Option: Setting]) {
        self.command = command
        self.operands = operands
        self.settings = settings
    }

    /// Whether an option is given, or a flag set.
    public func has(_ option: Option) -> Bool { settings[option] != nil }

    /// The value of an option; the last one, where it may be repeated.
    public func string(_ option: Option) -> String? { settings[option]?.values.last }

    /// The values of an option that may be repeated or takes a list; none where it is not given.
    public func strings(_ option: Option) -> [String] { settings[option]?.values ?? [] }

    /// The value of an option whose kind is a number: within its bounds.
    public func number(_ option: Option) -> Int? { string(option).flatMap { Int($0) } }

    /// Where an option's value comes from; `nil` where there is none.
    public func source(of option: Option) -> Source? { settings[option]?.source }

    /// What to blame for an option's value, at the beginning of a sentence: the option, or the variable that speaks for it.
    public func origin(of option: Option) -> String {
        if case .environment(let variable) = source(of: option) { return "The environment variable \(variable)" }
        return "--\(option.name)"
    }
}
