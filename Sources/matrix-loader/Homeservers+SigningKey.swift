// SPDX-License-Identifier: Apache-2.0
import Loader
import Migration

extension Homeservers {
    /// What an operator should know who has not said where both signing keys are.
    var signingKeyFindings: [Finding] {
        guard dendrite == nil || synapse == nil else { return [] }
        return [
            Finding(
                .warning, "signing key",
                "Dendrite's stays where it is, as not both configuration files are given, and Synapse would sign with another",
                remedy: "Give --dendrite-config and --synapse-config, or put the key at signing_key_path yourself")
        ]
    }
}
