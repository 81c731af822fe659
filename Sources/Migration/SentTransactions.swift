// SPDX-License-Identifier: Apache-2.0

/// The transactions in which local clients sent events: about thirty bytes each.
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
    private static let headerSize = 8
    /// Of each transaction the number of its session and the length of its text, four bytes each, then the text.
    ///
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
            for shift in stride(from: 0, to: 32, by: 8) {
                pieces[last].append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
            }
        }
        for index in text.indices { pieces[last].append(text[index]) }
        return place
    }

    /// Dendrite's `session_id`.
    func session(at place: Place) -> Int64? {
        place.isNone ? nil : sessions[Int(number(at: place, 0))]
    }

    /// The client's transaction id; empty where there is none.
    func text(at place: Place) -> [UInt8] {
        guard !place.isNone else { return [] }
        let start = place.offset + Self.headerSize
        return Array(pieces[place.piece][start..<(start + Int(number(at: place, 4)))])
    }

    private func number(at place: Place, _ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(pieces[place.piece][place.offset + offset + $1]) << UInt32(8 * $1) }
    }
}
