// SPDX-License-Identifier: Apache-2.0

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
}
