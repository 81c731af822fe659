// SPDX-License-Identifier: Apache-2.0

/// Base64 without padding, as Matrix writes keys, hashes and signatures (Matrix specification, appendix "Unpadded Base64").
public enum Base64 {
    /// Which two characters stand for 62 and 63 (RFC 4648, sections 4 and 5).
    public enum Alphabet: Sendable {
        /// `+` and `/`.
        case standard
        /// `-` and `_`, which mean nothing in a path or a URL.
        case urlSafe
    }

    /// The text that stands for the bytes, without padding.
    public static func encode(_ bytes: some Collection<UInt8>, _ alphabet: Alphabet = .standard) -> String {
        var text: [UInt8] = []
        append(Array(bytes), to: &text, alphabet)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the same text, in UTF-8, to others: where there are millions of them, without a string on the way.
    public static func append(_ bytes: [UInt8], to text: inout [UInt8], _ alphabet: Alphabet) {
        let characters = alphabet == .standard ? standardCharacters : urlSafeCharacters
        text.append(addingCapacity: (bytes.count * 4 + 2) / 3) { output in
            var place = 0
            while place + 3 <= bytes.count {
                let group = UInt32(bytes[place]) << 16 | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2])
                output.append(characters[Int(group >> 18)])
                output.append(characters[Int(group >> 12 & 63)])
                output.append(characters[Int(group >> 6 & 63)])
                output.append(characters[Int(group & 63)])
                place += 3
            }
            // One byte more makes two characters, two make three.
            guard place < bytes.count else { return }
            let second = place + 1 < bytes.count ? UInt32(bytes[place + 1]) : 0
            let group = UInt32(bytes[place]) << 16 | second << 8
            output.append(characters[Int(group >> 18)])
            output.append(characters[Int(group >> 12 & 63)])
            if place + 1 < bytes.count { output.append(characters[Int(group >> 6 & 63)]) }
        }
    }

    /// The bytes that the text stands for.
    ///
    /// Strict: padding, white space, characters of the other alphabet and an impossible length all give `nil`. Only the
    /// bits left over in the last character may be anything, as in Go's and Python's decoders: the Matrix specification's
    /// own example of a signing key ends in such a character.
    public static func decode(_ text: String, _ alphabet: Alphabet = .standard) -> [UInt8]? {
        guard text.utf8.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for character in text.utf8 {
            guard let value = value(character, alphabet) else { return nil }
            pending = pending << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
        }
        return bytes
    }

    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    // Of fixed size, so that threads that encode need not count references to them.
    private static let standardCharacters = table(Array((letters + "+/").utf8))
    private static let urlSafeCharacters = table(Array((letters + "-_").utf8))

    private static func table(_ characters: [UInt8]) -> InlineArray<64, UInt8> { InlineArray { characters[$0] } }

    private static func value(_ character: UInt8, _ alphabet: Alphabet) -> UInt8? {
        switch (character, alphabet) {
        case (UInt8(ascii: "A")...UInt8(ascii: "Z"), _): character - UInt8(ascii: "A")
        case (UInt8(ascii: "a")...UInt8(ascii: "z"), _): character - UInt8(ascii: "a") + 26
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), _): character - UInt8(ascii: "0") + 52
        case (UInt8(ascii: "+"), .standard), (UInt8(ascii: "-"), .urlSafe): 62
        case (UInt8(ascii: "/"), .standard), (UInt8(ascii: "_"), .urlSafe): 63
        default: nil
        }
    }
}
