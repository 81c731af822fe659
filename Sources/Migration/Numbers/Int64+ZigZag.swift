// SPDX-License-Identifier: Apache-2.0

/// Numbers near zero as small ones without a sign: 0, −1, 1, −2 and 2 become 0, 1, 2, 3 and 4.
extension Int64 {
    var zigzag: UInt64 { UInt64(bitPattern: self << 1 ^ self >> 63) }

    init(zigzag: UInt64) { self = Int64(bitPattern: zigzag >> 1 ^ (0 &- (zigzag & 1))) }
}
