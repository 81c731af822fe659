// SPDX-License-Identifier: Apache-2.0
import CLibcrypto

/// libcrypto's SHA-256, fetched once: looking it up for each digest costs more than hashing a small file.
///
/// `@unchecked Sendable`: libcrypto never changes an algorithm once it is fetched, and counts its references atomically
/// (EVP_MD_fetch(3)).
struct DigestAlgorithm: @unchecked Sendable {
    static let sha256 = DigestAlgorithm(algorithm: EVP_MD_fetch(nil, "SHA256", nil))

    /// `nil` if the installed libcrypto has no SHA-256.
    let algorithm: OpaquePointer?
}
