// SPDX-License-Identifier: Apache-2.0

// Numbers in as few bytes as each needs: sevens of bits, the lowest first; the eighth bit says that more follow.

extension [UInt8] {
    mutating func append(variableLength number: UInt64) {
        var rest = number
        while rest > 0x7F {
            append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

extension Span<UInt8> {
    /// The number that begins at `offset`, which is moved behind it.
    func variableLength(at offset: inout Int) -> UInt64 {
        var (number, shift): (UInt64, UInt64) = (0, 0)
        while true {
            let byte = self[offset]
            offset += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte <= 0x7F { return number }
            shift += 7
        }
    }
}
