// SPDX-License-Identifier: Apache-2.0

/// A key that the server signed with once, by which old events are still verified.
public struct OldSigningKey: Sendable, Hashable {
    /// How Dendrite knows the key.
    public enum Source: Sendable, Hashable {
        /// A PEM file with the private key; see ``SigningKey``.
        case file(String)
        /// The id, as `ed25519:abc`, and the public key in unpadded standard base64.
        case publicKey(id: String, base64: String)
    }

    /// How Dendrite knows the key.
    public let source: Source
    /// When it was last valid, in milliseconds since 1970.
    public let expiredAt: Int

    /// Creates an old key.
    public init(source: Source, expiredAt: Int) {
        self.source = source
        self.expiredAt = expiredAt
    }

    init(_ value: ConfigurationValue) throws(ConfigurationError) {
        expiredAt = try value["expired_at"].int(orElse: "write when the key expired, in milliseconds since 1970")
        if let path = try value["private_key"].path() {
            source = .file(path)
            return
        }
        let remedy = "write private_key, or public_key with key_id"
        let base64 = try value["public_key"].text(orElse: remedy)
        // Dendrite takes both alphabets, with padding or without; Synapse wants one form.
        let letters = base64.filter { $0 != "=" }.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        source = .publicKey(id: try value["key_id"].text(orElse: remedy), base64: String(letters))
    }
}
