// SPDX-License-Identifier: Apache-2.0
import Migration

/// All is loaded, and Dendrite's signing key could not be put where Synapse reads its own.
struct KeyNotInPlace: Error, CustomStringConvertible {
    let error: ConfigurationError

    var description: String {
        "All is loaded, but the signing key is not in its place: \(error) When that is mended, run the same command again."
    }
}
