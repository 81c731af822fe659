// SPDX-License-Identifier: Apache-2.0

/// Events in rooms as 64 bits, with a key: two are alike once in 2^64 pairs.
///
/// Swift's `Hasher` takes several times as long for texts of some forty bytes.
struct EventHash {
    private let key: UInt64

    /// Hashes under a key, by chance another one each time.
    ///
    /// - Parameter key: unknown to those who name events, or they could name two alike.
    init(key: UInt64 = .random(in: 1 ... .max)) {
        self.key = key
    }

    func callAsFunction(_ eventID: Span<UInt8>, in roomID: Span<UInt8>) -> UInt64 {
        Self.hash(eventID, Self.hash(roomID, key))
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
