// SPDX-License-Identifier: Apache-2.0

/// Which parents of state events were met while rooms were walked: 16 to 32 bytes for each, however many events there are.
///
/// First all parents are added, then events are met, then parents are asked for.
struct WalkedParents {
    /// In the lowest bit of a place: the parent was met.
    private static let isMet: UInt64 = 1
    private static let waitingAtMost = 64
    private let hash = EventHash()
    /// Hashes of parents, in the order in which they were added.
    private var added: [UInt64] = []
    /// From the place that the highest bits of the hash say; 0 where nothing is.
    private var places: [UInt64] = []
    /// Hashes of events that were met and not looked up yet: together they are, as the processor then waits for memory
    /// once, not for each.
    private var waiting: [UInt64] = []

    mutating func add(_ eventID: Span<UInt8>, in roomID: Span<UInt8>) {
        added.append(hashed(eventID, roomID))
    }

    /// Notes that an event is there and no outlier, whether or not it is a parent.
    mutating func meet(_ eventID: Span<UInt8>, in roomID: Span<UInt8>) {
        if !added.isEmpty { arrange() }
        waiting.append(hashed(eventID, roomID))
        if waiting.count == Self.waitingAtMost { lookUp() }
    }

    /// Ends meeting events.
    mutating func finish() {
        lookUp()
        added = []
    }

    /// Whether a parent was met.
    func wereMet(_ eventID: Span<UInt8>, in roomID: Span<UInt8>) -> Bool {
        let hash = hashed(eventID, roomID)
        return !places.isEmpty && places[place(of: hash)] == hash | Self.isMet
    }

    private func hashed(_ eventID: Span<UInt8>, _ roomID: Span<UInt8>) -> UInt64 {
        hash(eventID, in: roomID) & ~Self.isMet
    }

    /// Puts what was added where it is found, at most half of all places full.
    private mutating func arrange() {
        let bits = Int.bitWidth - max(added.count * 2, 16).leadingZeroBitCount
        places = Array(repeating: 0, count: 1 << bits)
        for hash in added { places[place(of: hash)] = hash }
        added = []
    }

    private mutating func lookUp() {
        for hash in waiting where !places.isEmpty {
            let place = place(of: hash)
            if places[place] == hash { places[place] = hash | Self.isMet }
        }
        waiting.removeAll(keepingCapacity: true)
    }

    /// Where a hash stands, or where it could.
    private func place(of hash: UInt64) -> Int {
        var place = Int(hash >> UInt64(places.count.leadingZeroBitCount + 1))
        while places[place] != 0, places[place] & ~Self.isMet != hash { place = (place + 1) & (places.count - 1) }
        return place
    }
}
