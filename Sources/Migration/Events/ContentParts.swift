// SPDX-License-Identifier: Apache-2.0

/// The members of an event's content that decide about rows of other tables, as ranges of its bytes.
struct ContentParts {
    private(set) var containsURL = false
    /// Whether there is a body of text.
    private(set) var hasBody = false
    /// Whether there is a name of text.
    private(set) var hasName = false
    private(set) var relatesTo: Range<Int>?
    private(set) var membership: Range<Int>?
    private(set) var displayName: Range<Int>?
    private(set) var avatarURL: Range<Int>?
    private(set) var minLifetime: Range<Int>?
    private(set) var maxLifetime: Range<Int>?
    /// The whole member, its key included.
    private(set) var thirdPartyInvite: Range<Int>?

    /// Notes a member of content; of several of one name the last counts.
    mutating func note(_ json: Span<UInt8>, _ key: Range<Int>, _ value: Range<Int>) {
        switch key.count {
        case 3 where JSONScanner.equals(json, key, "url"): containsURL = JSONScanner.isString(json, value)
        case 4 where JSONScanner.equals(json, key, "body"): hasBody = JSONScanner.isString(json, value)
        case 4 where JSONScanner.equals(json, key, "name"): hasName = JSONScanner.isString(json, value)
        case 10 where JSONScanner.equals(json, key, "membership"): membership = value
        case 10 where JSONScanner.equals(json, key, "avatar_url"): avatarURL = value
        case 11 where JSONScanner.equals(json, key, "displayname"): displayName = value
        case 12 where JSONScanner.equals(json, key, "m.relates_to"): relatesTo = value
        case 12 where JSONScanner.equals(json, key, "min_lifetime"): minLifetime = value
        case 12 where JSONScanner.equals(json, key, "max_lifetime"): maxLifetime = value
        case 18 where JSONScanner.equals(json, key, "third_party_invite"):
            thirdPartyInvite = key.lowerBound - 1..<value.upperBound
        default: break
        }
    }
}
