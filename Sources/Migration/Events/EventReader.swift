// SPDX-License-Identifier: Apache-2.0

/// The parts of an event's JSON that Synapse's tables need, as ranges of its bytes.
///
/// One reader serves many events, so that its lists keep their memory.
struct EventReader {
    private(set) var type = 0..<0
    private(set) var sender = 0..<0
    private(set) var content = 0..<0
    private(set) var parts = ContentParts()
    /// The state key's value with its quotes; nil if the event is no state event.
    private(set) var stateKey: Range<Int>?
    private(set) var unsigned: Range<Int>?
    /// A value of any kind.
    private(set) var redacts: Range<Int>?
    /// ms since the epoch.
    private(set) var originServerTimestamp: Int64 = 0
    /// The ids of the parents, each between its quotes.
    private(set) var previousEvents: [Range<Int>] = []
    /// The ids of the auth events, each between its quotes.
    private(set) var authEvents: [Range<Int>] = []
    /// The runs of members, commas between them included, that are carried: all but `unsigned` and, where the room
    /// version derives it, `event_id`.
    private(set) var carried: [Range<Int>] = []
    private var found: Required = []

    /// Members that Synapse takes no event without, and that tell nothing else here.
    private struct Required: OptionSet {
        let rawValue: UInt8
        static let authEvents = Required(rawValue: 1)
        static let depth = Required(rawValue: 2)
        static let hashes = Required(rawValue: 4)
        static let previousEvents = Required(rawValue: 8)
        static let all: Required = [.authEvents, .depth, .hashes, .previousEvents]
    }

    /// Containers around an event as far as the scanner knows: Synapse follows 127 levels and takes an event with more for none.
    private static let outside = JSONScanner.deepest - 127

    init() {}

    /// Reads an event, each byte of it once.
    ///
    /// - Parameter keepsEventID: whether the room version's events name themselves.
    /// - Throws: ``JSONFault`` if the text is no JSON object, is nested too deeply for Synapse, or lacks what every event has: Synapse
    ///   answers nobody who asks for such an event, and an invited user's whole sync fails of it.
    mutating func read(_ bytes: Span<UInt8>, keepsEventID: Bool) throws(JSONFault) {
        forget()
        var at = 0
        JSONScanner.skipSpace(bytes, &at)
        guard at < bytes.count, bytes[at] == UInt8(ascii: "{") else {
            throw JSONFault(reason: "no JSON object", offset: 0)
        }
        var timestamp: Int64?
        var run: Range<Int>?
        try JSONScanner.walkObject(bytes, &at, depth: Self.outside) { key, at throws(JSONFault) in
            let isDropped =
                JSONScanner.equals(bytes, key, "unsigned")
                || !keepsEventID && JSONScanner.equals(bytes, key, "event_id")
            try take(bytes, key, &at, &timestamp)
            if !isDropped {
                run = (run?.lowerBound ?? key.lowerBound - 1)..<at
            } else if let whole = run {
                carried.append(whole)
                run = nil
            }
        }
        if let run { carried.append(run) }
        guard JSONScanner.isEnd(bytes, at) else {
            throw JSONFault(reason: "text after the object", offset: at)
        }
        guard let timestamp, !type.isEmpty, !sender.isEmpty, !content.isEmpty else {
            throw JSONFault(reason: "an event without type, sender, content or origin_server_ts", offset: 0)
        }
        guard found == .all else {
            throw JSONFault(reason: "an event without hashes, depth, prev_events or auth_events", offset: 0)
        }
        originServerTimestamp = timestamp
    }

    private mutating func forget() {
        (type, sender, content) = (0..<0, 0..<0, 0..<0)
        (stateKey, unsigned, redacts) = (nil, nil, nil)
        parts = ContentParts()
        found = []
        previousEvents.removeAll(keepingCapacity: true)
        authEvents.removeAll(keepingCapacity: true)
        carried.removeAll(keepingCapacity: true)
    }

    /// Steps over a member's value and notes it; of several members of one name the last counts.
    private mutating func take(
        _ bytes: Span<UInt8>, _ key: Range<Int>, _ at: inout Int, _ timestamp: inout Int64?
    ) throws(JSONFault) {
        switch key.count {
        case 4 where JSONScanner.equals(bytes, key, "type"):
            type = try value(bytes, &at, ifBeginsWith: "\"") ?? 0..<0
        case 6 where JSONScanner.equals(bytes, key, "sender"):
            sender = try value(bytes, &at, ifBeginsWith: "\"") ?? 0..<0
        case 7 where JSONScanner.equals(bytes, key, "content"):
            try takeContent(bytes, &at)
        case 7 where JSONScanner.equals(bytes, key, "redacts"):
            let start = at
            try JSONScanner.skipValue(bytes, &at, depth: Self.outside + 1)
            redacts = start..<at
        case 8 where JSONScanner.equals(bytes, key, "unsigned"):
            unsigned = try value(bytes, &at, ifBeginsWith: "{")
        case 9 where JSONScanner.equals(bytes, key, "state_key"):
            let start = at
            stateKey = try value(bytes, &at, ifBeginsWith: "\"")
            guard stateKey != nil else { throw JSONFault(reason: "a state_key that is no text", offset: start) }
        case 5 where JSONScanner.equals(bytes, key, "depth"):
            let start = at
            try JSONScanner.skipValue(bytes, &at, depth: Self.outside + 1)
            note(.depth, JSONScanner.integer(bytes, start..<at) != nil)
        case 6 where JSONScanner.equals(bytes, key, "hashes"):
            try note(.hashes, Self.skipTexts(bytes, &at))
        case 11 where JSONScanner.equals(bytes, key, "prev_events"):
            try note(.previousEvents, Self.takeIDs(bytes, &at, into: &previousEvents))
        case 11 where JSONScanner.equals(bytes, key, "auth_events"):
            try note(.authEvents, Self.takeIDs(bytes, &at, into: &authEvents))
        case 16 where JSONScanner.equals(bytes, key, "origin_server_ts"):
            let start = at
            try JSONScanner.skipValue(bytes, &at, depth: Self.outside + 1)
            timestamp = JSONScanner.integer(bytes, start..<at)
        default:
            try JSONScanner.skipValue(bytes, &at, depth: Self.outside + 1)
        }
    }

    private mutating func note(_ member: Required, _ isFit: Bool) {
        if isFit { found.insert(member) } else { found.remove(member) }
    }

    /// Steps over a value, and says whether it is an object of texts.
    private static func skipTexts(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONFault) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "{") else {
            try JSONScanner.skipValue(bytes, &at, depth: outside + 1)
            return false
        }
        var areTexts = true
        try JSONScanner.walkObject(bytes, &at, depth: outside + 1) { _, at throws(JSONFault) in
            if at < bytes.count, bytes[at] != UInt8(ascii: "\"") { areTexts = false }
            try JSONScanner.skipValue(bytes, &at, depth: outside + 2)
        }
        return areTexts
    }

    /// Steps over a value.
    ///
    /// - Returns: where it stands, or nil if it is of another kind.
    private func value(
        _ bytes: Span<UInt8>, _ at: inout Int, ifBeginsWith mark: Unicode.Scalar
    ) throws(JSONFault) -> Range<Int>? {
        let start = at
        try JSONScanner.skipValue(bytes, &at, depth: Self.outside + 1)
        return bytes[start] == UInt8(ascii: mark) ? start..<at : nil
    }

    private mutating func takeContent(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONFault) {
        content = 0..<0
        parts = ContentParts()
        guard at < bytes.count, bytes[at] == UInt8(ascii: "{") else {
            return try JSONScanner.skipValue(bytes, &at, depth: Self.outside + 1)
        }
        let start = at
        try JSONScanner.walkObject(bytes, &at, depth: Self.outside + 1) { key, at throws(JSONFault) in
            let start = at
            try JSONScanner.skipValue(bytes, &at, depth: Self.outside + 2)
            parts.note(bytes, key, start..<at)
        }
        content = start..<at
    }

    /// `["$a", "$b"]`, or `[["$a", {"sha256": "…"}], …]` in rooms of versions 1 and 2.
    ///
    /// - Returns: whether the value is a list.
    private static func takeIDs(
        _ bytes: Span<UInt8>, _ at: inout Int, into ids: inout [Range<Int>]
    ) throws(JSONFault) -> Bool {
        ids.removeAll(keepingCapacity: true)
        guard at < bytes.count, bytes[at] == UInt8(ascii: "[") else {
            try JSONScanner.skipValue(bytes, &at, depth: Self.outside + 1)
            return false
        }
        try JSONScanner.walkArray(bytes, &at, depth: Self.outside + 1) { at throws(JSONFault) in
            guard at < bytes.count, bytes[at] == UInt8(ascii: "[") else {
                return try takeID(bytes, &at, depth: Self.outside + 2, into: &ids)
            }
            var isFirst = true
            try JSONScanner.walkArray(bytes, &at, depth: Self.outside + 2) { at throws(JSONFault) in
                if isFirst {
                    try takeID(bytes, &at, depth: Self.outside + 3, into: &ids)
                } else {
                    try JSONScanner.skipValue(bytes, &at, depth: Self.outside + 3)
                }
                isFirst = false
            }
        }
        return true
    }

    private static func takeID(
        _ bytes: Span<UInt8>, _ at: inout Int, depth: Int, into ids: inout [Range<Int>]
    ) throws(JSONFault) {
        let start = at
        try JSONScanner.skipValue(bytes, &at, depth: depth)
        if bytes[start] == UInt8(ascii: "\"") { ids.append((start + 1)..<(at - 1)) }
    }
}
