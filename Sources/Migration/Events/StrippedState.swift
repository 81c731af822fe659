// SPDX-License-Identifier: Apache-2.0

/// State that comes with an invitation, so that who is invited knows to where.
///
/// Nobody has vouched for it. Synapse writes what it says of the room into columns of text; where that is no text, or none
/// that PostgreSQL can hold, Synapse refuses the invitation, and one that it did not receive itself stops its background updates
/// for good.
enum StrippedState {
    /// The member of content that Synapse reads of an event of a type; nil where it reads none as text.
    private static func member(of type: [UInt8]?) -> StaticString? {
        switch type.map({ String(decoding: $0, as: UTF8.self) }) {
        case "m.room.create": "type"
        case "m.room.name": "name"
        case "m.room.tombstone": "replacement_room"
        default: nil
        }
    }

    /// Whether Synapse can use an element of the list.
    private static func isUsable(_ json: Span<UInt8>, _ element: Range<Int>) -> Bool {
        guard JSONScanner.isObject(json, element), let type = JSONScanner.member("type", of: json, in: element),
            let name = member(of: JSONScanner.string(json, type)),
            let content = JSONScanner.member("content", of: json, in: element), JSONScanner.isObject(json, content),
            let value = JSONScanner.member(name, of: json, in: content), !JSONScanner.isNull(json, value)
        else { return true }
        return JSONScanner.string(json, value).map { !$0.contains(0) } ?? false
    }

    /// The elements of a list that Synapse can use, each as it was written; nil where it can use them all.
    static func usable(_ json: Span<UInt8>, of list: Range<Int>) -> [Range<Int>]? {
        var usable: [Range<Int>] = []
        var isWhole = true
        _ = try? JSONScanner.forEachElement(of: json, in: list) { element throws(JSONFault) in
            if isUsable(json, element) { usable.append(element) } else { isWhole = false }
        }
        return isWhole ? nil : usable
    }
}
