// SPDX-License-Identifier: Apache-2.0
import Postgres
import Testing

@Suite("A text's buffer")
struct TextBufferTests {
    @Test("puts pieces of every kind together, beyond its first memory too")
    func pieces() {
        var text = TextBuffer()
        var other = TextBuffer()
        other.append("0123456789")
        text.append("naïve ")
        text.append(Array("bytes ".utf8))
        text.append(Array("a span ".utf8).span)
        text.append(other, 2..<5)
        text.append(other, 4..<4)
        #expect(String(decoding: text.bytes, as: UTF8.self) == "naïve bytes a span 234")
        #expect(text.count == text.span.count)
        text.removeAll()
        for _ in 0..<2000 { text.append("12345") }
        #expect(text.bytes == Array(String(repeating: "12345", count: 2000).utf8))
    }

    @Test("writes numbers in decimal", arguments: [0, 9, 10, 99, 100, 12345, Int64.max / 10, Int64.max])
    func decimal(number: Int64) {
        var text = TextBuffer()
        text.append(decimal: number)
        #expect(String(decoding: text.bytes, as: UTF8.self) == String(number))
    }

    @Test("traps at a part beyond another text")
    func beyond() async {
        await #expect(processExitsWith: .failure) {
            var text = TextBuffer()
            text.append(TextBuffer(), 0..<1)
        }
    }
}
