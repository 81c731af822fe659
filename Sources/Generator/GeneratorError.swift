// SPDX-License-Identifier: Apache-2.0

/// Why a server cannot be generated.
public struct GeneratorError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong with the settings: a sentence without its full stop.
    public let description: String

    init(_ description: String) { self.description = description }
}
