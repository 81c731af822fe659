// SPDX-License-Identifier: Apache-2.0

/// JSON texts of any shape from a seed, written in every way that the grammar allows.
struct GeneratedJSON {
    private static let plain = Array(UInt8(0x23)...0x5B) + Array(0x5D...0x7E)
    private static let telling = Array(#"{}[]:,"\u0d8eE+-.19tfn "#.utf8) + [1, 10]
    var random: SeededGenerator
    private(set) var text = ""

    init(seed: Int) {
        random = SeededGenerator(seed)
    }

    /// An object with a few members.
    static func object(seed: Int) -> String {
        var json = GeneratedJSON(seed: seed)
        json.object(depth: 0)
        return json.text
    }

    /// Any value.
    static func value(seed: Int) -> String {
        var json = GeneratedJSON(seed: seed)
        json.value(depth: 0)
        return json.text
    }

    /// Bytes changed, dropped, repeated or put in, most of them such as mean something in JSON.
    static func mutated(_ bytes: [UInt8], seed: Int) -> [UInt8] {
        var (bytes, random) = (bytes, SeededGenerator(seed))
        for _ in 0...random.below(3) {
            let spot = random.below(bytes.count + 1)
            let byte = random.once(in: 4) ? UInt8(random.below(256)) : random.pick(telling)
            switch random.below(5) {
            case 0 where spot < bytes.count: bytes[spot] = byte
            case 1 where spot < bytes.count: bytes.remove(at: spot)
            case 2: bytes.removeSubrange(spot..<min(bytes.count, spot + random.below(12)))
            case 3: bytes.insert(contentsOf: bytes[spot..<min(bytes.count, spot + random.below(20))], at: spot)
            default: bytes.insert(byte, at: spot)
            }
        }
        return bytes
    }

    mutating func value(depth: Int) {
        switch random.below(depth > 5 ? 5 : 8) {
        case 0: text += random.pick(["true", "false", "null"])
        case 1, 2: number()
        case 3, 4: string()
        case 5: array(depth: depth)
        default: object(depth: depth)
        }
    }

    mutating func object(depth: Int) {
        text += "{"
        space()
        for index in 0..<random.below(7) {
            if index > 0 { text += "," }
            space()
            // Foundation keeps one of two members with the same key, so keys differ.
            text += "\"\(depth)\(index)" + inside() + "\""
            space()
            text += ":"
            space()
            value(depth: depth + 1)
            space()
        }
        text += "}"
    }

    private mutating func array(depth: Int) {
        text += "["
        space()
        for index in 0..<random.below(6) {
            if index > 0 { text += "," }
            space()
            value(depth: depth + 1)
            space()
        }
        text += "]"
    }

    private mutating func number() {
        if random.once(in: 3) { text += "-" }
        text += random.once(in: 4) ? "0" : String(random.below(1 << random.below(62)) + 1)
        if random.once(in: 4) { text += "." + String(random.below(10_000)) }
        if random.once(in: 6) {
            text += random.pick(["e", "E"]) + random.pick(["", "+", "-"]) + String(random.below(30))
        }
    }

    mutating func string() { text += "\"" + inside() + "\"" }

    private mutating func inside() -> String {
        var inside = ""
        for _ in 0..<random.below(random.once(in: 10) ? 200 : 12) {
            switch random.below(12) {
            case 0: inside += random.pick([#"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#])
            case 1:
                inside += random.pick([
                    #"\u0000"#, #"\u001f"#, #"\u00e9"#, #"\uFFFD"#, #"\u20Ac"#, #"\u0022"#, #"\u005C"#,
                ])
            case 2: inside += random.pick([#"\ud83d\ude00"#, #"\uD800\uDC00"#, #"\uDBFF\uDFFF"#])
            case 3: inside += random.pick(["é", "日本", "👩‍👩‍👧", "\u{7F}", "\u{10FFFF}", "e\u{301}"])
            default: inside.unicodeScalars.append(Unicode.Scalar(random.pick(Self.plain)))
            }
        }
        return inside
    }

    private mutating func space() {
        while random.once(in: 8) { text += random.pick([" ", "\n", "\t", "\r"]) }
    }
}
