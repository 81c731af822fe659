// SPDX-License-Identifier: Apache-2.0

/// The transactions in which local clients sent events: their text and two bytes or three each.
struct SentTransactions: Sendable {
    /// Where a transaction is kept.
    struct Place: Sendable {
        static let none = Place(number: -1)
        fileprivate let number: Int64

        var isNone: Bool { number < 0 }
        fileprivate var piece: Int { Int(number >> 32) }
        fileprivate var offset: Int { Int(number & 0xFFFF_FFFF) }
    }

    private static let pieceSize = 1 << 20
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
    mutating func add(_ text: Span<UInt8>, session: Int64?) -> Place {
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
        let place = Place(number: Int64(last) << 32 | Int64(pieces[last].count))
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

    /// The client's transaction id, and Dendrite's `session_id`; empty where there is none.
    func transaction(at place: Place) -> (text: [UInt8], session: Int64?) {
        guard !place.isNone else { return ([], nil) }
        var offset = place.offset
        let session = sessions[number(place.piece, &offset)]
        let count = number(place.piece, &offset)
        return (Array(pieces[place.piece][offset..<(offset + count)]), session)
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
