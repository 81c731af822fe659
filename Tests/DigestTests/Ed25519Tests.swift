// SPDX-License-Identifier: Apache-2.0
import Digest
import Testing

@Suite("An Ed25519 key")
struct Ed25519Tests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name, seed, publicKey, message, signature: String
        var testDescription: String { name }
    }

    /// RFC 8032, section 7.1.
    static let examples = [
        Example(
            name: "TEST 1",
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        Example(
            name: "TEST 2",
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        Example(
            name: "TEST 3",
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]

    @Test("equals the examples of RFC 8032", arguments: examples)
    func knownAnswer(example: Example) throws {
        let seed = try #require(Hexadecimal.decode(example.seed))
        let message = try #require(Hexadecimal.decode(example.message))
        let publicKey = try Ed25519.publicKey(seed: seed)
        #expect(Hexadecimal.encode(publicKey) == example.publicKey)
        let signature = try Ed25519.sign(message, seed: seed)
        #expect(Hexadecimal.encode(signature) == example.signature)
        #expect(try Ed25519.isValid(signature: signature, of: message, publicKey: publicKey))
        #expect(try !Ed25519.isValid(signature: signature, of: message + [0], publicKey: publicKey))
    }

    @Test("signs the empty object as the Matrix specification does")
    func matrixExample() throws {
        let seed = try #require(Base64.decode("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1"))
        let signature = try Ed25519.sign(Array("{}".utf8), seed: seed)
        #expect(
            Base64.encode(signature)
                == "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ"
        )
    }

    @Test("refuses a seed that is not 32 bytes", arguments: [0, 31, 33, 64])
    func wrongSeed(count: Int) {
        let seed = [UInt8](repeating: 7, count: count)
        #expect(throws: DigestError.self) { try Ed25519.publicKey(seed: seed) }
        #expect(throws: DigestError.self) { try Ed25519.sign([], seed: seed) }
    }
}
