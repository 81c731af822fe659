// SPDX-License-Identifier: Apache-2.0
import Migration
import TestSupport
import Testing

@Suite("Dendrite's signing key", .temporaryFolder)
struct ConfigurationSigningKeyTests {
    static let seed = [UInt8](0..<32)
    static let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    static func pem(_ base64: String = base64, header: String = "Key-ID: ed25519:a_B1") -> String {
        "-----BEGIN MATRIX PRIVATE KEY-----\n\(header)\n\n\(base64)\n-----END MATRIX PRIVATE KEY-----\n"
    }

    @Test("becomes Synapse's line")
    func line() throws {
        let folder = try ConfigurationFolder(["matrix_key.pem": Self.pem()])
        let key = try SigningKey(contentsOf: folder["matrix_key.pem"])
        #expect(key == SigningKey(id: "a_B1", seed: Self.seed))
        #expect(key.synapseLine == "ed25519 a_B1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n")
        #expect("\(key)" == "ed25519:a_B1")
    }

    @Test(
        "may stand among other blocks, on several lines, with more bytes than count",
        arguments: [
            "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n" + pem(),
            "some text\n" + pem() + pem("AAAA", header: "Key-ID: ed25519:second"),
            pem().replacing("\n", with: "\r\n"),
            pem("AAECAwQFBgcICQoLDA0O\nDxAREhMUFRYXGBkaGxwdHh8="),
            pem("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIj"),
            pem(header: "Other: header\nKey-ID:ed25519:a_B1"),
            "-----BEGIN MATRIX PRIVATE KEY-----\ncut off\n" + pem(),
        ]
    )
    func forms(text: String) throws {
        #expect(try SigningKey(pem: text, file: "key.pem") == SigningKey(id: "a_B1", seed: Self.seed))
    }

    @Test(
        "that is none is refused with a sentence and without the key",
        arguments: [
            ("", "there is no block 'MATRIX PRIVATE KEY': name the file that global.private_key of Dendrite names."),
            (
                "-----BEGIN MATRIX PRIVATE KEY-----\n",
                "there is no block 'MATRIX PRIVATE KEY': name the file that global.private_key of Dendrite names."
            ),
            (pem(header: "X: y"), "the key has no Key-ID header, which Dendrite demands."),
            (pem(header: "Key-ID: rsa:1"), "its Key-ID is not of the form ed25519:name."),
            (pem(header: "Key-ID: ed25519:"), "its Key-ID is not of the form ed25519:name."),
            (pem("AAECAwQF"), "the key is not 32 bytes in base64: restore the file from a backup."),
            (pem("*****"), "the key is not 32 bytes in base64: restore the file from a backup."),
        ]
    )
    func refused(text: String, sentence: String) {
        let error = #expect(throws: ConfigurationError.self) { try SigningKey(pem: text, file: "key.pem") }
        #expect(error?.description == "key.pem: \(sentence)")
    }

    @Test("that is not there is named")
    func absent() {
        let error = #expect(throws: ConfigurationError.self) { try SigningKey(contentsOf: "/nowhere.pem") }
        #expect(error?.file == "/nowhere.pem")
    }
}
