// SPDX-License-Identifier: Apache-2.0

/// An argument of a command that no option introduces.
public struct Operand: Sendable, Hashable {
    /// How it is called and what it can be.
    public let value: Option.Value
    /// What it is for.
    public let help: String
    /// Whether the command needs it.
    public let isRequired: Bool

    /// Describes an operand.
    public init(_ value: Option.Value, isRequired: Bool = true, help: String) {
        self.value = value
        self.help = help
        self.isRequired = isRequired
    }

    /// As a usage line has it.
    var label: String { isRequired ? value.name : "[\(value.name)]" }
}
