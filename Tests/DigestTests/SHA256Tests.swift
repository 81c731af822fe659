// SPDX-License-Identifier: Apache-2.0
import Digest
import Testing

@Suite("A SHA-256")
struct SHA256Tests {
    @Test(
        "equals the examples of FIPS 180",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ]
    )
    func knownAnswer(message: String, expected: String) throws {
        #expect(try SHA256.digest(message).hexadecimal == expected)
    }

    @Test("equals the example of FIPS 180 with a million letters")
    func million() throws {
        let digest = try SHA256.digest([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        #expect(digest.hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("is the same however the bytes are cut", arguments: [1, 3, 63, 64, 65, 4096])
    func pieces(length: Int) throws {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var running = try SHA256()
        for start in stride(from: 0, to: bytes.count, by: length) {
            try running.update(bytes.span.extracting(start..<min(start + length, bytes.count)))
        }
        #expect(try running.finalize() == SHA256.digest(bytes))
    }

    @Test("takes raw memory as well as spans")
    func rawMemory() throws {
        let bytes = Array("matrix".utf8)
        var fromPointer = try SHA256()
        try bytes.withUnsafeBytes { try fromPointer.update($0) }
        var fromSpan = try SHA256()
        try fromSpan.update(bytes.span.bytes)
        let expected = try SHA256.digest(bytes)
        #expect(try fromPointer.finalize() == expected)
        #expect(try fromSpan.finalize() == expected)
    }

    @Test("reads back from its bytes and its base64")
    func roundTrip() throws {
        let digest = try SHA256.digest("abc")
        #expect(SHA256Digest(digest.bytes) == digest)
        #expect(SHA256Digest(base64: Base64.encode(digest.bytes, .urlSafe)) == digest)
        #expect(SHA256Digest(base64: Base64.encode(digest.bytes, .standard)) == digest)
    }

    @Test("is not made of anything but 32 bytes")
    func wrongLength() {
        #expect(SHA256Digest([UInt8](repeating: 0, count: 31)) == nil)
        #expect(SHA256Digest([UInt8](repeating: 0, count: 33)) == nil)
        #expect(SHA256Digest(base64: "tmp") == nil)
    }
}
