// SPDX-License-Identifier: Apache-2.0

/// The proof in an invitation that somebody who was asked by e-mail or the like is who comes.
///
/// From room version 11 on its part `signed` stays when an event is redacted, so an event's id covers it. Dendrite's redaction
/// drops it, so the ids of its own invitations do not. Synapse answers no request that meets an event whose
/// id does not follow from it: from such an event the proof is left out, which its id then fits.
enum ThirdPartyInvite {
    /// Whether `eventID` is the id of the event without its proof, and not with it.
    static func isUncovered(by eventID: String, in event: CanonicalJSON, _ version: RoomVersion) -> Bool {
        guard version.hasRedactsInContent, let hash = ReferenceHash(version),
            event["content"]?["third_party_invite"] != nil,
            (try? hash.eventID(of: event)) != eventID
        else { return false }
        return (try? hash.eventID(of: without(event))) == eventID
    }

    /// The event without its proof.
    static func without(_ event: CanonicalJSON) -> CanonicalJSON {
        guard var members = event.members, var content = event["content"]?.members else { return event }
        content[Array("third_party_invite".utf8)] = nil
        members[Array("content".utf8)] = .object(content)
        return .object(members)
    }

    /// The bytes of a member of an object together with one of the commas beside it.
    static func withComma(_ member: Range<Int>, in json: Span<UInt8>) -> Range<Int> {
        var start = member.lowerBound
        while start > 0, JSONScanner.isSpace(json[start - 1]) { start -= 1 }
        if start > 0, json[start - 1] == UInt8(ascii: ",") { return start - 1..<member.upperBound }
        var end = member.upperBound
        JSONScanner.skipSpace(json, &end)
        if end < json.count, json[end] == UInt8(ascii: ",") { return member.lowerBound..<end + 1 }
        return member
    }
}
