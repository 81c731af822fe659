// SPDX-License-Identifier: Apache-2.0
import Digest

/// An event's id: "$" and a SHA-256 in base64.
///
/// It holds its characters itself: each event names half a dozen others, and to count references to all their ids took as
/// long as writing them.
struct EventID: Sendable, Equatable {
    private let characters: InlineArray<44, UInt8>

    /// The id of an event whose reference hash is known.
    ///
    /// - Parameter hash: 32 bytes.
    init(hash: [UInt8]) {
        var text: [UInt8] = []
        text.reserveCapacity(44)
        text.append("$")
        Base64.append(hash, to: &text, .urlSafe)
        characters = InlineArray { text[$0] }
    }

    /// The id in UTF-8.
    var bytes: [UInt8] {
        var text: [UInt8] = []
        text += self
        return text
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { characters.span }
    }

    static func == (one: EventID, other: EventID) -> Bool {
        var difference: UInt8 = 0
        for index in one.characters.indices { difference |= one.characters[index] ^ other.characters[index] }
        return difference == 0
    }
}

extension Array where Element == UInt8 {
    /// Appends an id in UTF-8.
    static func += (text: inout [UInt8], id: EventID) {
        let span = id.span
        text.append(addingCapacity: span.count) { output in
            for index in span.indices { output.append(span[index]) }
        }
    }
}
