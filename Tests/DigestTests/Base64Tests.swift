// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Testing

@Suite("Base64")
struct Base64Tests {
    @Test(
        "equals the examples of RFC 4648, without padding",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func knownAnswer(plain: String, encoded: String) {
        #expect(Base64.encode(plain.utf8) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test("differs between the alphabets in two characters only")
    func alphabets() {
        let bytes: [UInt8] = [0xfb, 0xff, 0xbf]
        #expect(Base64.encode(bytes, .standard) == "+/+/")
        #expect(Base64.encode(bytes, .urlSafe) == "-_-_")
        #expect(Base64.decode("+/+/", .standard) == bytes)
        #expect(Base64.decode("-_-_", .urlSafe) == bytes)
        #expect(Base64.decode("+/+/", .urlSafe) == nil)
        #expect(Base64.decode("-_-_", .standard) == nil)
    }

    @Test("agrees with Foundation on random bytes", arguments: 0..<100)
    func agreesWithFoundation(count: Int) {
        let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max) }
        let reference = Foundation.Data(bytes).base64EncodedString().replacingOccurrences(of: "=", with: "")
        #expect(Base64.encode(bytes) == reference)
        #expect(Base64.decode(reference) == bytes)
    }

    @Test("does not mind the bits left over in the last character")
    func leftOverBits() {
        #expect(Base64.decode("Zh") == Array("f".utf8))
        #expect(Base64.decode("Zm9vYmF") == Array("fooba".utf8))
    }

    @Test("refuses garbage", arguments: ["A", "AAAAA", "Zg==", "Zm8=", "Zm 9", "Zm9v\n", "Zm9é", "Zm9v="])
    func garbage(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
