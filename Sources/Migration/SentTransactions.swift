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
    /// In pieces, as one list would be copied whole when it grows.
    private var pieces: [[UInt8]] = []
    private var sessions: [Int64?] = []
    private var numbers: [Int64?: UInt64] = [:]

    /// - Parameters:
    ///   - text: the client's transaction id.
    ///   - session: Dendrite's `session_id`.
    /// - Returns: where it is kept: below 2^31 as long as all together are below 2 GiB.
    mutating func add(_ text: Span<UInt8>, session: Int64?) -> Int64 {
        let number = numbers[session] ?? UInt64(sessions.count)
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
        pieces[last].append(variableLength: number)
        pieces[last].append(variableLength: UInt64(text.count))
        for index in text.indices { pieces[last].append(text[index]) }
        return place
    }

    /// The client's transaction id, and Dendrite's `session_id`.
    ///
    /// - Parameter place: what ``add(_:session:)`` gave.
    func transaction(at place: Int64) -> (text: [UInt8], session: Int64?) {
        let piece = pieces[Int(place >> Self.offsetBits)]
        var offset = Int(place) & (Self.pieceSize - 1)
        let session = sessions[Int(piece.variableLength(at: &offset))]
        let count = Int(piece.variableLength(at: &offset))
        return (Array(piece[offset..<(offset + count)]), session)
    }
}
