// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Names of uploads")
struct MediaUploadNameTests {
    private static let alphabet: [Character] = [
        "a", "Z", "0", " ", "%", "+", "/", "é", "ß", "猫", "🐈", ".", "\u{301}", "'", "2", "5",
    ]

    private func encoded(_ name: String) -> String {
        name.utf8.map { byte in
            let hex = String(byte, radix: 16, uppercase: Bool.random())
            let isPlain = byte < 0x80 && byte != UInt8(ascii: "%") && Bool.random()
            return isPlain ? String(decoding: [byte], as: UTF8.self) : "%" + (hex.utf8.count == 1 ? "0" : "") + hex
        }.joined()
    }

    @Test("come out of any percent-encoding as they went in")
    func roundTrip() {
        for _ in 0..<2000 {
            let name = String((0..<Int.random(in: 1...20)).compactMap { _ in Self.alphabet.randomElement() })
            let found = UploadName.decoded(encoded(name))
            #expect(found.map { Array($0.utf8) } == Array(name.utf8))
        }
    }

    @Test(
        "stay as they are where they are not encoded",
        arguments: ["100%", "a%zz.txt", "%4", "%é1", "%FF%FE", "a%C3.png", "%C3é", "plain"])
    func raw(_ name: String) {
        #expect(UploadName.decoded(name) == name)
    }

    @Test("are none where nothing is left")
    func none() {
        #expect(UploadName.decoded("") == nil)
        #expect(UploadName.decoded("%00") == nil)
        #expect(UploadName.decoded("a%00b") == "ab")
        #expect(UploadName.decoded("é%20è") == "é è")
    }
}
