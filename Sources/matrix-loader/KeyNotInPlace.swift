// SPDX-License-Identifier: Apache-2.0
import Migration

/// All is loaded, and Dendrite's signing key could not be put where Synapse reads its own.
struct KeyNotInPlace: Error, CustomStringConvertible {
    let error: ConfigurationError

    var description: String { "All is loaded, but for the signing key: \(error)" }
}
