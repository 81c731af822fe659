// SPDX-License-Identifier: Apache-2.0

/// A command line to learn from.
public struct Example: Sendable, Hashable {
    /// What one wants to do, without a full stop.
    public let purpose: String
    /// What one types.
    public let command: String

    /// Describes an example.
    public init(_ purpose: String, _ command: String) {
        self.purpose = purpose
        self.command = command
    }
}
