// SPDX-License-Identifier: Apache-2.0

/// Why a server cannot be generated.
public struct GeneratorError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
