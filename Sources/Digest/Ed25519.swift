// SPDX-License-Identifier: Apache-2.0
import CLibcrypto

/// Ed25519 keys and signatures (RFC 8032), computed by libcrypto.
public enum Ed25519 {
    /// How many bytes a seed (RFC 8032's private key) and a public key have.
    public static let keyByteCount = 32
    /// How many bytes a signature has.
    public static let signatureByteCount = 64

    /// The 32 bytes of the public key that belongs to a seed.
    ///
    /// - Throws: ``DigestError`` if the seed is not 32 bytes or libcrypto refuses.
    public static func publicKey(seed: [UInt8]) throws(DigestError) -> [UInt8] {
        let key = try PrivateKey(seed: seed)
        var bytes = [UInt8](repeating: 0, count: keyByteCount)
        var count = keyByteCount
        guard EVP_PKEY_get_raw_public_key(key.key, &bytes, &count) == 1, count == keyByteCount else {
            throw .last("EVP_PKEY_get_raw_public_key")
        }
        return bytes
    }

    /// The 64 bytes of a message's signature.
    ///
    /// - Throws: ``DigestError`` if the seed is not 32 bytes or libcrypto refuses.
    public static func sign(_ message: [UInt8], seed: [UInt8]) throws(DigestError) -> [UInt8] {
        let key = try PrivateKey(seed: seed)
        guard let context = EVP_MD_CTX_new() else { throw .last("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        // No digest is named: Ed25519 hashes by itself (EVP_SIGNATURE-ED25519(7)).
        guard EVP_DigestSignInit(context, nil, nil, nil, key.key) == 1 else { throw .last("EVP_DigestSignInit") }
        var signature = [UInt8](repeating: 0, count: signatureByteCount)
        var count = signatureByteCount
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1, count == signatureByteCount
        else {
            throw .last("EVP_DigestSign")
        }
        return signature
    }

    /// Whether the signature is the message's by the owner of the public key.
    ///
    /// - Throws: ``DigestError`` if the key is not 32 bytes or libcrypto refuses; a wrong signature is no error.
    public static func isValid(
        signature: [UInt8],
        of message: [UInt8],
        publicKey: [UInt8]
    ) throws(DigestError) -> Bool {
        guard publicKey.count == keyByteCount,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, publicKey.count)
        else { throw .last("EVP_PKEY_new_raw_public_key") }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { throw .last("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { throw .last("EVP_DigestVerifyInit") }
        let isValid = EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        ERR_clear_error()
        return isValid
    }
}
