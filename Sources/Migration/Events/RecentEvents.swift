// SPDX-License-Identifier: Apache-2.0

/// Events that a load has written lately, or has seen among those that another load writes: the parents of most events are
/// among them, so the target need not be asked.
///
/// It takes an event that it was never told of for a known one once in 2^64 questions (``EventHash``), and forgets one for
/// another that falls on the same place: 256 KiB, however many events there are.
struct RecentEvents {
    private static let places = 1 << 15
    /// By the lowest bits of the hash; 0 where nothing is, which a hash is once in 2^64.
    private var hashes = [UInt64](repeating: 0, count: places)
    private let hash: EventHash

    init(_ hash: EventHash = EventHash()) {
        self.hash = hash
    }

    mutating func insert(_ eventID: Span<UInt8>, in roomID: Span<UInt8>) {
        let hash = hash(eventID, in: roomID)
        // Without a look at what is there, for which the processor would wait.
        hashes[Int(hash & UInt64(Self.places - 1))] = hash
    }

    /// Whether the event was inserted; false also where it was forgotten.
    func contains(_ eventID: Span<UInt8>, in roomID: Span<UInt8>) -> Bool {
        let hash = hash(eventID, in: roomID)
        return hashes[Int(hash & UInt64(Self.places - 1))] == hash
    }
}
