// SPDX-License-Identifier: Apache-2.0

/// BLAKE2b with a digest of 32 bytes and without a key (RFC 7693), the hash by which Dendrite knows equal state.
enum BLAKE2b {
    /// Four words that are worked on at once: a row of the four by four.
    private typealias Row = SIMD4<UInt64>

    /// The 32 bytes of the digest.
    static func digest(_ message: Span<UInt8>) -> [UInt8] {
        var state = initial
        // Digest length, key length, fan-out and depth, in the parameter block's first word.
        state.low[0] ^= 0x0101_0020
        var offset = 0
        repeat {
            let end = min(offset + 128, message.count)
            compress(
                &state, message.extracting(offset..<end), length: UInt64(end), isLast: end == message.count)
            offset = end
        } while offset < message.count
        return (0..<32).map { UInt8(truncatingIfNeeded: state.low[$0 / 8] >> UInt64(8 * ($0 % 8))) }
    }

    private static func compress(
        _ state: inout (low: Row, high: Row), _ piece: Span<UInt8>, length: UInt64, isLast: Bool
    ) {
        var words = InlineArray<16, UInt64>(repeating: 0)
        for position in piece.indices {
            words[position / 8] |= UInt64(piece[position]) << UInt64(8 * (position % 8))
        }
        var (a, b, c, d) = (state.low, state.high, initial.low, initial.high)
        d[0] ^= length
        if isLast { d[2] = ~d[2] }
        for round in 0..<12 {
            let order = orders[round % 10]
            mix(&a, &b, &c, &d, picked(words, order, from: 0), picked(words, order, from: 1))
            // The diagonals, moved to stand as columns.
            (b, c, d) = (turned(b, 1), turned(c, 2), turned(d, 3))
            mix(&a, &b, &c, &d, picked(words, order, from: 8), picked(words, order, from: 9))
            (b, c, d) = (turned(b, 3), turned(c, 2), turned(d, 1))
        }
        state.low ^= a ^ c
        state.high ^= b ^ d
    }

    /// Every second of the words in such an order, four of them.
    private static func picked(
        _ words: borrowing InlineArray<16, UInt64>, _ order: SIMD16<UInt8>, from first: Int
    ) -> Row {
        Row(
            words[Int(order[first])], words[Int(order[first + 2])], words[Int(order[first + 4])],
            words[Int(order[first + 6])])
    }

    private static func mix(
        _ a: inout Row, _ b: inout Row, _ c: inout Row, _ d: inout Row, _ first: Row, _ second: Row
    ) {
        a = a &+ b &+ first
        d = rotated(d ^ a, 32)
        c = c &+ d
        b = rotated(b ^ c, 24)
        a = a &+ b &+ second
        d = rotated(d ^ a, 16)
        c = c &+ d
        b = rotated(b ^ c, 63)
    }

    /// Each word with its bits rotated to the right.
    private static func rotated(_ row: Row, _ bits: UInt64) -> Row { row &>> bits | row &<< (64 - bits) }

    /// The row with its words rotated to the left.
    private static func turned(_ row: Row, _ count: Int) -> Row {
        Row(row[count % 4], row[(count + 1) % 4], row[(count + 2) % 4], row[(count + 3) % 4])
    }

    private static let initial: (low: Row, high: Row) = (
        Row(0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1),
        Row(0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F, 0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179)
    )

    private static let orders: InlineArray<10, SIMD16<UInt8>> = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ]
}
