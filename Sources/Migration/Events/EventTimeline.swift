// SPDX-License-Identifier: Apache-2.0

/// What all loads of events share, most of it the sync component's knowledge: about forty bytes for each event
/// that a local client sent, and half of that for others.
struct EventTimeline: Sendable {
    let numbers: StreamOrdering
    /// When each event came in.
    var received: ReceivedTimestamps
    /// By `event_nid`, of events that the sync component has.
    private var streamOrderings = NarrowNumbers()
    /// By `event_nid`, of events that a local client sent: where ``transactions`` has it.
    private var places = NarrowNumbers()
    private var transactions = SentTransactions()
    /// By `event_nid`, whether a later event was sent in the same transaction, too.
    private var repeated = PagedArray(false)
    var sendingDevices = SendingDevices()
    var rooms = KnownRooms()

    /// A timeline in which no event is noted.
    ///
    /// - Parameters:
    ///   - numbers: which stream_ordering each event gets.
    ///   - now: no event came in later than this; ms.
    init(_ numbers: StreamOrdering, now: Int64) {
        self.numbers = numbers
        received = ReceivedTimestamps(now: now)
    }

    /// Notes an event that the sync component has.
    ///
    /// - Parameter transaction: that in which a local client sent it; empty if none.
    mutating func note(
        _ nid: Int64, at streamOrdering: Int64, transaction: Span<UInt8>, session: Int64?
    ) {
        streamOrderings[nid] = streamOrdering
        if !transaction.isEmpty {
            places[nid] = transactions.add(transaction, session: session)
        } else if places[nid] != nil {
            // An event that a damaged table has twice: the row read last counts, in all it says.
            places[nid] = nil
        }
    }

    /// The stream_ordering of an event that the sync component has.
    func streamOrdering(of nid: Int64) -> Int64? {
        streamOrderings[nid]
    }

    /// The sync component's own number of an event.
    func syncID(of nid: Int64) -> Int64? {
        streamOrdering(of: nid).map { $0 > 0 ? $0 : $0 + numbers.highestSyncID + 1 }
    }

    /// Notes that a later event was sent in the same transaction: of two the later one counts.
    mutating func noteRepeated(_ nid: Int64) {
        repeated[nid] = true
    }

    /// Whether ``noteRepeated(_:)`` said so.
    func isRepeated(_ nid: Int64) -> Bool {
        repeated[nid]
    }

    /// The transaction in which a local client sent an event; nil if none did.
    func transaction(of nid: Int64) -> SentTransaction? {
        places[nid].map(transactions.transaction)
    }

    /// The local device that sent an event in a transaction, where Dendrite knows it.
    @_lifetime(borrow self)
    func device(of transaction: SentTransaction?) -> SendingDevice? {
        guard let session = transaction?.session else { return nil }
        return sendingDevices.device(of: session)
    }

    /// Calls `body` with the text of a transaction, the client's id for it.
    func withText<Result>(
        of transaction: SentTransaction, _ body: (borrowing Span<UInt8>) -> Result
    ) -> Result {
        transactions.withText(of: transaction, body)
    }
}
