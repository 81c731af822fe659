// SPDX-License-Identifier: Apache-2.0

/// An option of a command: parsed, explained, completed and printed in the manual from this one description.
public struct Option: Sendable, Hashable {
    /// The long name, without dashes.
    public let name: String
    /// A short name of one ASCII letter.
    public let letter: Character?
    /// What follows the option; `nil` for a flag, which is there or not.
    public let value: Value?
    /// What it does, in a sentence or two, as `--help` shows it.
    public let help: String
    /// The environment variable that speaks where the option is not given.
    public let environment: String?
    /// Whether it may be given more than once.
    public let isRepeatable: Bool
    /// The heading under which `--help` lists it.
    public let group: String

    /// Describes an option.
    ///
    /// - Parameters:
    ///   - name: the long name, without dashes.
    ///   - letter: a short name of one ASCII letter.
    ///   - value: what follows it; `nil` for a flag.
    ///   - environment: the variable that speaks where the option is not given.
    ///   - isRepeatable: whether it may be given more than once.
    ///   - group: the heading under which `--help` lists it.
    ///   - help: what it does.
    public init(
        _ name: String,
        letter: Character? = nil,
        value: Value? = nil,
        environment: String? = nil,
        isRepeatable: Bool = false,
        group: String = "Options",
        help: String
    ) {
        self.name = name
        self.letter = letter
        self.value = value
        self.help = help
        self.environment = environment
        self.isRepeatable = isRepeatable
        self.group = group
    }

    /// `--help`, which every program and command has.
    public static let help = Option("help", letter: "h", group: "Other", help: "Show this help and end.")
    /// `--version`, which every program and command has.
    public static let version = Option("version", letter: "V", group: "Other", help: "Show the version and end.")

    /// The option as it is typed with its value: `-h, --help`, `--workers N`.
    var label: String {
        let short = letter.map { "-\($0), " } ?? ""
        return "\(short)--\(name)" + (value.map { " \($0.name)" } ?? "")
    }
}
