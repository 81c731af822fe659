// SPDX-License-Identifier: Apache-2.0

/// The (type, state key) pairs of one room, numbered in the order in which they were met.
struct RoomKeys: Sendable {
    struct Key: Hashable, Sendable {
        let type: String
        let stateKey: String

        /// Byte by byte: to Swift, texts are equal that differ in how an accent is written, and to Matrix they are two keys.
        static func == (one: Key, other: Key) -> Bool {
            one.type.utf8.elementsEqual(other.type.utf8) && one.stateKey.utf8.elementsEqual(other.stateKey.utf8)
        }
    }

    private(set) var keys: [Key] = []
    private var numbers: [Key: Int32] = [:]

    /// The number of a key, given to it now if need be.
    mutating func number(type: String, stateKey: String) -> Int32 {
        let key = Key(type: type, stateKey: stateKey)
        if let number = numbers[key] { return number }
        let number = Int32(keys.count)
        keys.append(key)
        numbers[key] = number
        return number
    }

    /// The number of a key that some state event of the room has.
    func number(ifKnown type: String, _ stateKey: String) -> Int32? {
        numbers[Key(type: type, stateKey: stateKey)]
    }

    subscript(number: Int32) -> Key { keys[Int(number)] }
}
