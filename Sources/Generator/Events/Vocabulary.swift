// SPDX-License-Identifier: Apache-2.0

/// What users write: pieces of one long text, so that a message costs a copy and no thought.
struct Vocabulary: Sendable {
    /// Words with a blank between them, in the form that they have inside a JSON string.
    private let prose: [UInt8]
    /// Characters of base64 without order, as ciphertexts are.
    private let cipher: [UInt8]

    private static let words = """
        the a of to in is that it for on with as at this but from they we say her or will my one all would there what \
        so up out if about who get which go me when make can like time just know take into year your good some could \
        them see other than then now look only come over think also back after use two how our work first well way \
        even new want because any these give day most us harbour tide lantern orchard bicycle kettle umbrella \
        Straße Füße café naïve déjà smörgåsbord Привет мир 東京 こんにちは ⚓ 🎉 👍🏽 \\"quoted\\" back\\\\slash line\\nbreak \
        don't it's <b>bold</b> a&b 1,024 3.14 https://example.org/?a=1&b=2#c
        """.split(separator: " ").map { Array($0.utf8) }

    init(seed: UInt64) {
        var random = RandomSource(seed: seed, .text)
        var text: [UInt8] = []
        while text.count < 1 << 17 {
            text += Self.words[random.below(Self.words.count)]
            text.append(UInt8(ascii: " "))
        }
        prose = text
        var encrypted = RandomSource(seed: seed, .encrypted)
        let alphabet = RandomSource.alphabet + Array("+/".utf8)
        cipher = (0..<(1 << 17)).map { _ in alphabet[encrypted.below(64)] }
    }

    /// Whole words, about so many bytes of them.
    func words(_ length: Int, _ random: inout RandomSource) -> ArraySlice<UInt8> {
        let blank = UInt8(ascii: " ")
        var start = random.below(prose.count - length - 256)
        while prose[start] != blank { start += 1 }
        var end = start + max(length, 2)
        while prose[end] != blank { end += 1 }
        return prose[(start + 1)..<end]
    }

    /// So many characters of a ciphertext.
    func ciphertext(_ length: Int, _ random: inout RandomSource) -> ArraySlice<UInt8> {
        let start = random.below(cipher.count - length)
        return cipher[start..<(start + length)]
    }

    /// How long a message is: most are a sentence, a few are pages.
    func messageLength(_ random: inout RandomSource) -> Int {
        switch random.below(100) {
        case 0..<70: 8 + random.below(100)
        case 70..<95: 100 + random.below(500)
        case 95..<99: 600 + random.below(2000)
        default: 2000 + random.below(9000)
        }
    }
}
