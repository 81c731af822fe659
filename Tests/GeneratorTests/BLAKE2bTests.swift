// SPDX-License-Identifier: Apache-2.0
import Digest
import Testing

@testable import Generator

@Suite("BLAKE2b")
struct BLAKE2bTests {
    @Test(
        "agrees with Python's hashlib",
        arguments: [
            ("", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
            ("abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
            (String(repeating: "a", count: 128), "ae2aa48507885c4c950fb809b2076f959cde9f8ea6da260d9a3587df33dac450"),
            (String(repeating: "a", count: 300), "3c1292de00a518e36823f9ff908ac2da46be38718c018713403461df077e15f6"),
        ])
    func vectors(_ message: String, _ digest: String) {
        #expect(Hexadecimal.encode(BLAKE2b.digest(Array(message.utf8).span)) == digest)
    }
}
