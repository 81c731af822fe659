// SPDX-License-Identifier: Apache-2.0

/// The parts of an event's JSON that Synapse's tables need, as ranges of its bytes.
///
/// One reader serves many events, so that its lists keep their memory.
struct EventReader {
    private(set) var type = 0..<0
    private(set) var sender = 0..<0
    private(set) var content = 0..<0
    /// The state key's value with its quotes; nil if the event is no state event.
    private(set) var stateKey: Range<Int>?
    private(set) var unsigned: Range<Int>?
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

    init() {}

    /// Reads an event.
    ///
    /// - Parameter keepsEventID: whether the room version's events name themselves.
    /// - Throws: ``JSONFault`` if the text is no JSON object, or lacks what every event has.
    mutating func read(_ bytes: Span<UInt8>, keepsEventID: Bool) throws(JSONFault) {
        (type, sender, content) = (0..<0, 0..<0, 0..<0)
        (stateKey, unsigned, redacts) = (nil, nil, nil)
        previousEvents.removeAll(keepingCapacity: true)
        authEvents.removeAll(keepingCapacity: true)
        carried.removeAll(keepingCapacity: true)
        var timestamp: Int64?
        var last = 0
        var isRunning = false
        let isObject = try JSONScanner.forEachMember(of: bytes, in: 0..<bytes.count) { member throws(JSONFault) in
            last = member.value.upperBound
            if dropped(bytes, member, keepsEventID: keepsEventID) {
                isRunning = false
            } else if isRunning, let run = carried.popLast() {
                carried.append(run.lowerBound..<member.value.upperBound)
            } else {
                carried.append((member.key.lowerBound - 1)..<member.value.upperBound)
                isRunning = true
            }
            try note(bytes, member, &timestamp)
        }
        guard isObject else { throw JSONFault(reason: "no JSON object", offset: 0) }
        var end = last
        JSONScanner.skipSpace(bytes, &end)
        guard end < bytes.count, JSONScanner.isEnd(bytes, end + 1) else {
            throw JSONFault(reason: "text after the object", offset: end)
        }
        guard let timestamp, !type.isEmpty, !sender.isEmpty, !content.isEmpty else {
            throw JSONFault(reason: "an event without type, sender, content or origin_server_ts", offset: 0)
        }
        originServerTimestamp = timestamp
    }

    private mutating func dropped(_ bytes: Span<UInt8>, _ member: JSONScanner.Member, keepsEventID: Bool) -> Bool {
        JSONScanner.equals(bytes, member.key, "unsigned")
            || !keepsEventID && JSONScanner.equals(bytes, member.key, "event_id")
    }

    private mutating func note(
        _ bytes: Span<UInt8>, _ member: JSONScanner.Member, _ timestamp: inout Int64?
    ) throws(JSONFault) {
        let (key, value) = (member.key, member.value)
        switch key.count {
        case 4 where JSONScanner.equals(bytes, key, "type"):
            type = JSONScanner.isString(bytes, value) ? value : 0..<0
        case 6 where JSONScanner.equals(bytes, key, "sender"):
            sender = JSONScanner.isString(bytes, value) ? value : 0..<0
        case 7 where JSONScanner.equals(bytes, key, "content"):
            content = JSONScanner.isObject(bytes, value) ? value : 0..<0
        case 7 where JSONScanner.equals(bytes, key, "redacts"):
            redacts = JSONScanner.isString(bytes, value) ? value : nil
        case 8 where JSONScanner.equals(bytes, key, "unsigned"):
            unsigned = JSONScanner.isObject(bytes, value) ? value : nil
        case 9 where JSONScanner.equals(bytes, key, "state_key"):
            stateKey = JSONScanner.isString(bytes, value) ? value : nil
        case 11 where JSONScanner.equals(bytes, key, "prev_events"):
            try Self.readIDs(bytes, value, into: &previousEvents)
        case 11 where JSONScanner.equals(bytes, key, "auth_events"):
            try Self.readIDs(bytes, value, into: &authEvents)
        case 16 where JSONScanner.equals(bytes, key, "origin_server_ts"):
            timestamp = JSONScanner.integer(bytes, value)
        default: break
        }
    }

    /// `["$a", "$b"]`, or `[["$a", {"sha256": "…"}], …]` in rooms of versions 1 and 2.
    private static func readIDs(
        _ bytes: Span<UInt8>, _ list: Range<Int>, into ids: inout [Range<Int>]
    ) throws(JSONFault) {
        ids.removeAll(keepingCapacity: true)
        try JSONScanner.forEachElement(of: bytes, in: list) { element throws(JSONFault) in
            if JSONScanner.isString(bytes, element) {
                ids.append((element.lowerBound + 1)..<(element.upperBound - 1))
            } else if JSONScanner.isArray(bytes, element) {
                var isFirst = true
                try JSONScanner.forEachElement(of: bytes, in: element) { part throws(JSONFault) in
                    if isFirst, JSONScanner.isString(bytes, part) {
                        ids.append((part.lowerBound + 1)..<(part.upperBound - 1))
                    }
                    isFirst = false
                }
            }
        }
    }
}
