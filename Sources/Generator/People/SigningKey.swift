// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation

/// The key with which the generated server signs.
struct SigningKey: Sendable {
    /// The id under which it is published.
    static let name = "ed25519:auto"

    /// The 32 bytes of the Ed25519 seed.
    let bytes: [UInt8]

    init(seed: UInt64) {
        var random = RandomSource(seed: seed, .key)
        bytes = random.bytes(32)
    }

    /// The file that Dendrite's `global.private_key` names.
    var pem: String {
        """
        -----BEGIN MATRIX PRIVATE KEY-----
        Key-ID: \(Self.name)

        \(Data(bytes).base64EncodedString())
        -----END MATRIX PRIVATE KEY-----

        """
    }
}
