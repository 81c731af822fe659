// SPDX-License-Identifier: Apache-2.0

/// The transactions in which local clients sent events: their text and two bytes or three each.
struct SentTransactions: Sendable {
    /// Bits of an offset in a piece.
    private static let offsetBits: Int64 = 20
    private static let pieceSize = 1 << offsetBits
    /// The longest header.
    private static let headerSize = 10
    /// Of each transaction the number of its session and the length of its text, then the text.
    ///
    /// Numbers are written in sevens of bits, the lowest first; the eighth bit says that more follow.
    /// In pieces, as one list would be copied whole when it grows.
    private var pieces: [[UInt8]] = []
    private var sessions: [Int64?] = []
    private var numbers: [Int64?: UInt32] = [:]

    /// - Parameters:
    ///   - text: the client's transaction id.
    ///   - session: Dendrite's `session_id`.
    /// - Returns: where it is kept: below 2^31 as long as all together are below 2 GiB.
    mutating func add(_ text: Span<UInt8>, session: Int64?) -> Int64 {
        let number = numbers[session] ?? UInt32(sessions.count)
        if Int(number) == sessions.count {
            sessions.append(session)
            numbers[session] = number
        }
        if pieces.last.map({ $0.count + Self.headerSize + text.count > Self.pieceSize }) ?? true {
            pieces.append([])
            pieces[pieces.count - 1].reserveCapacity(Self.pieceSize)
        }
        let last = pieces.count - 1
        let place = Int64(last) << Self.offsetBits | Int64(pieces[last].count)
        for value in [number, UInt32(text.count)] {
            var rest = value
            while rest > 0x7F {
                pieces[last].append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            pieces[last].append(UInt8(rest))
        }
        for index in text.indices { pieces[last].append(text[index]) }
        return place
    }

    /// The client's transaction id, and Dendrite's `session_id`.
    ///
    /// - Parameter place: what ``add(_:session:)`` gave.
    func transaction(at place: Int64) -> (text: [UInt8], session: Int64?) {
        let piece = Int(place >> Self.offsetBits)
        var offset = Int(place) & (Self.pieceSize - 1)
        let session = sessions[number(piece, &offset)]
        let count = number(piece, &offset)
        return (Array(pieces[piece][offset..<(offset + count)]), session)
    }

    private func number(_ piece: Int, _ offset: inout Int) -> Int {
        var (value, shift) = (0, 0)
        while true {
            let byte = pieces[piece][offset]
            offset += 1
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }
}
