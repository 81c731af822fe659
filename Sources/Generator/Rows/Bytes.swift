// SPDX-License-Identifier: Apache-2.0
import Digest

extension Array where Element == UInt8 {
    /// Appends a text's UTF-8.
    mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    /// Appends a number that is not negative, in decimal.
    mutating func append(decimal value: Int64) {
        var rest = UInt64(value)
        var divisor: UInt64 = 1
        while rest / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// Appends bytes in base64 without padding, two such texts per event: so it makes no string on the way.
    mutating func append(base64 bytes: [UInt8], _ alphabet: Base64.Alphabet) {
        let characters = alphabet == .standard ? Self.standardCharacters : Self.urlSafeCharacters
        append(addingCapacity: (bytes.count * 4 + 2) / 3) { output in
            var pending: UInt32 = 0
            var bits: UInt32 = 0
            for byte in bytes {
                pending = pending << 8 | UInt32(byte)
                bits += 8
                while bits >= 6 {
                    bits -= 6
                    output.append(characters[Int(pending >> bits & 63)])
                }
            }
            if bits > 0 { output.append(characters[Int(pending << (6 - bits) & 63)]) }
        }
    }

    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let standardCharacters = Array((letters + "+/").utf8)
    private static let urlSafeCharacters = Array((letters + "-_").utf8)
}
