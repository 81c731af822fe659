// SPDX-License-Identifier: Apache-2.0

/// A program: its commands, and what its help and its manual say of the whole.
public struct Program: Sendable {
    /// The name by which it is called.
    public let name: String
    /// Its version, as `--version` prints it.
    public let version: String
    /// The date of the manual, as `2026-01-31`.
    public let date: String
    /// What it does in one line, beginning with a small letter and without a full stop.
    public let summary: String
    /// What one should know before using it, by paragraphs.
    public let discussion: [String]
    /// Its commands; `completion` and `manual` come last.
    public let commands: [Command]
    /// Command lines to learn from.
    public let examples: [Example]
    /// The numbers it may end with.
    public let exitCodes: [ExitCode]
    /// Other manual pages, as `pg_dump(1)`.
    public let seeAlso: [String]

    /// Describes a program; `--help`, `--version` and the commands `completion` and `manual` come by themselves.
    public init(
        _ name: String,
        version: String,
        date: String,
        summary: String,
        discussion: [String] = [],
        commands: [Command],
        examples: [Example] = [],
        exitCodes: [ExitCode] = [],
        seeAlso: [String] = []
    ) {
        self.name = name
        self.version = version
        self.date = date
        self.summary = summary
        self.discussion = discussion
        self.commands = commands + [Self.completion(of: name), Self.manual(of: name)]
        self.examples = examples
        self.exitCodes = exitCodes
        self.seeAlso = seeAlso
    }

    /// The options that may stand in the place of a command.
    var options: [Option] { [.help, .version] }

    private static func completion(of name: String) -> Command {
        let functions = "/usr/local/share/zsh/site-functions"
        return Command(
            "completion",
            summary: "print a script that lets a shell complete the command line",
            operands: [Operand(.oneOf("bash", "zsh", "fish"), help: "The shell to print it for.")],
            examples: [
                Example("Complete in this Bash", "source <(\(name) completion bash)"),
                Example("Complete in every Bash", "\(name) completion bash > /etc/bash_completion.d/\(name)"),
                Example("Complete in every Z shell", "\(name) completion zsh > \(functions)/_\(name)"),
                Example("Complete in fish", "\(name) completion fish > ~/.config/fish/completions/\(name).fish"),
            ]
        )
    }

    private static func manual(of name: String) -> Command {
        Command(
            "manual",
            summary: "print the manual page",
            examples: [
                Example("Read it", "\(name) manual | man -l -"),
                Example("Install it", "\(name) manual > /usr/local/share/man/man1/\(name).1"),
            ]
        )
    }
}
