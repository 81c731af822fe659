// SPDX-License-Identifier: Apache-2.0
import Digest

extension Hexadecimal {
    /// The bytes that digits of either case stand for; nil at an odd number of them, or at anything else.
    static func decode(_ text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
