// SPDX-License-Identifier: Apache-2.0
import CLibcrypto

/// libcrypto's form of an Ed25519 private key; wiped and freed at the end of its scope.
struct PrivateKey: ~Copyable {
    let key: OpaquePointer

    init(seed: [UInt8]) throws(DigestError) {
        guard seed.count == Ed25519.keyByteCount else {
            throw DigestError(operation: "Ed25519 seed", reason: "it has \(seed.count) bytes, and must have 32")
        }
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            throw .last("EVP_PKEY_new_raw_private_key")
        }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }
}
