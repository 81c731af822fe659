// SPDX-License-Identifier: Apache-2.0

/// The transactions in which local clients sent events: their text and three bytes or four each.
struct SentTransactions: Sendable {
    /// Bits of an offset in a piece.
    private static let offsetBits: Int64 = 20
    private static let pieceSize = 1 << offsetBits
    /// The longest header.
    private static let headerSize = 20
    /// Of each transaction its session and the length of its text, then the text.
    ///
    /// In pieces, as one list would be copied whole when it grows.
    private var pieces: [[UInt8]] = []

    /// Keeps the transaction of an event that a client sent.
    ///
    /// - Parameters:
    ///   - text: the client's transaction id.
    ///   - session: Dendrite's `session_id`.
    /// - Returns: where it is kept: below 2^31 as long as all together are below 2 GiB.
    mutating func add(_ text: Span<UInt8>, session: Int64?) -> Int64 {
        var piece = pieces.popLast() ?? []
        if piece.count + Self.headerSize + text.count > Self.pieceSize {
            pieces.append(piece)
            piece = []
        }
        if piece.isEmpty { piece.reserveCapacity(Self.pieceSize) }
        let place = Int64(pieces.count) << Self.offsetBits | Int64(piece.count)
        piece.append(variableLength: Self.packed(session))
        piece.append(variableLength: UInt64(text.count))
        for index in text.indices { piece.append(text[index]) }
        pieces.append(piece)
        return place
    }

    /// The transaction that is kept at a place.
    ///
    /// - Parameter place: what ``add(_:session:)`` gave.
    func transaction(at place: Int64) -> SentTransaction {
        let index = Int(place >> Self.offsetBits)
        // Spans, as an array inside an array is retained to be read, by all workers at once.
        let pieces = pieces.span
        var offset = Int(place) & (Self.pieceSize - 1)
        let session = Self.session(pieces[index].span.variableLength(at: &offset))
        let count = Int(pieces[index].span.variableLength(at: &offset))
        return SentTransaction(session: session, piece: index, bytes: offset..<(offset + count))
    }

    /// Calls `body` with the client's transaction id.
    func withText<Result>(
        of transaction: SentTransaction, _ body: (borrowing Span<UInt8>) -> Result
    ) -> Result {
        let pieces = pieces.span
        return body(pieces[transaction.piece].span.extracting(transaction.bytes))
    }

    /// Small for the small numbers that sessions have, and 0 for none; so is the lowest number of all, which no sequence gives.
    private static func packed(_ session: Int64?) -> UInt64 {
        session.map { $0.zigzag &+ 1 } ?? 0
    }

    private static func session(_ packed: UInt64) -> Int64? {
        packed == 0 ? nil : Int64(zigzag: packed - 1)
    }
}
