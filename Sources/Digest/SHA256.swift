// SPDX-License-Identifier: Apache-2.0
import CLibcrypto

/// A running SHA-256, computed by libcrypto.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    /// Starts a digest.
    ///
    /// - Throws: ``DigestError`` if libcrypto has no memory or no SHA-256.
    public init() throws(DigestError) {
        guard let algorithm = DigestAlgorithm.sha256.algorithm else { throw .last("EVP_MD_fetch") }
        guard let context = EVP_MD_CTX_new() else { throw .last("EVP_MD_CTX_new") }
        guard EVP_DigestInit_ex2(context, algorithm, nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw .last("EVP_DigestInit_ex2")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) throws(DigestError) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw .last("EVP_DigestUpdate") }
    }

    /// Adds bytes.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    public mutating func update(_ bytes: RawSpan) throws(DigestError) {
        let context = self.context
        let result = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        guard result == 1 else { throw .last("EVP_DigestUpdate") }
    }

    /// Adds bytes.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    public mutating func update(_ bytes: Span<UInt8>) throws(DigestError) {
        try update(bytes.bytes)
    }

    /// Ends the digest.
    ///
    /// - Returns: The SHA-256 of all bytes added.
    /// - Throws: ``DigestError`` if libcrypto refuses.
    public consuming func finalize() throws(DigestError) -> SHA256Digest {
        let context = self.context
        var count: UInt32 = 0
        var result: Int32 = 0
        let digest = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { buffer in
            result = EVP_DigestFinal_ex(context, buffer.baseAddress, &count)
            return SHA256Digest(buffer.prefix(Int(count)))
        }
        guard result == 1, let digest else { throw .last("EVP_DigestFinal_ex") }
        return digest
    }

    /// The SHA-256 of bytes at hand.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    public static func digest(_ bytes: [UInt8]) throws(DigestError) -> SHA256Digest { try digest(bytes.span) }

    /// The SHA-256 of bytes at hand.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    public static func digest(_ bytes: Span<UInt8>) throws(DigestError) -> SHA256Digest {
        var running = try SHA256()
        try running.update(bytes)
        return try running.finalize()
    }

    /// The SHA-256 of a text's UTF-8.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    public static func digest(_ text: String) throws(DigestError) -> SHA256Digest {
        try digest(Array(text.utf8))
    }
}
