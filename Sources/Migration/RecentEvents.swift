// SPDX-License-Identifier: Apache-2.0

/// Events that a load has written lately: the parents of most events are among them, so the target need not be asked.
///
/// It knows an event in a room by 64 bits of a hash with a key of its own, so it takes one that it was never told of for a
/// known one once in 2^64 questions. It forgets one for another that falls on the same place: 256 KiB, however many events
/// there are. Swift's `Hasher` takes several times as long for texts of some forty bytes.
struct RecentEvents {
    private static let places = 1 << 15
    /// By the lowest bits of the hash; 0 where nothing is, which a hash is once in 2^64.
    private var hashes = [UInt64](repeating: 0, count: places)
    private let key: UInt64

    /// - Parameter key: unknown to those who name events, or they could name two alike.
    init(key: UInt64 = .random(in: 1 ... .max)) {
        self.key = key
    }

    mutating func insert(_ eventID: Span<UInt8>, in roomID: Span<UInt8>) {
        let hash = Self.hash(eventID, Self.hash(roomID, key))
        hashes[Int(hash & UInt64(Self.places - 1))] = hash
    }

    /// Whether the event was inserted; false also where it was forgotten.
    func contains(_ eventID: Span<UInt8>, in roomID: Span<UInt8>) -> Bool {
        let hash = Self.hash(eventID, Self.hash(roomID, key))
        return hashes[Int(hash & UInt64(Self.places - 1))] == hash
    }

    private static func hash(_ text: Span<UInt8>, _ key: UInt64) -> UInt64 {
        var hash = mixed(key ^ UInt64(text.count))
        var at = 0
        while at + 8 <= text.count {
            let word = unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
            hash = mixed(hash ^ word)
            at += 8
        }
        var rest: UInt64 = 0
        while at < text.count {
            rest = rest << 8 | UInt64(text[at])
            at += 1
        }
        return mixed(hash ^ rest)
    }

    /// Both halves of the product with an odd number, as the lower one's low bits know nothing of the word's high ones.
    private static func mixed(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
