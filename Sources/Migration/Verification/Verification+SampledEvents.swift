// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Verification {
    /// Events that are read and compared at a time.
    private static let batch = 250

    /// Looks closely at some events: what they say, what their ids are, and the state of their rooms after them.
    func sampledEvents(_ source: inout Connection, _ target: inout Connection) throws -> [VerificationReport.Check] {
        var text = VerificationReport.Check("Sampled events say what they said")
        var name = VerificationReport.Check("Sampled events have the ids that follow from what they say")
        var events = try SampledEvent.read(sample, of: plan, &source).filter { !rejected.contains($0.id) }
        for start in stride(from: 0, to: events.count, by: Self.batch) {
            var some = Array(events[start..<min(start + Self.batch, events.count)])
            try SampledEvent.complete(&some, &target)
            for event in some {
                guard let stored = event.stored else {
                    text.note(wrong: "\(event.id): is missing")
                    continue
                }
                try compare(event, stored.json, &text, &name)
            }
            for (offset, event) in some.enumerated() { events[start + offset].stored = event.stored }
        }
        return [text, name, try SampledStates(rejected: rejected).check(events, &source, &target)]
    }

    private func compare(
        _ event: SampledEvent, _ json: String, _ text: inout VerificationReport.Check,
        _ name: inout VerificationReport.Check
    ) throws {
        let before = CanonicalJSON(reading: Array(event.json.utf8)).map { carried($0, event) }
        let after = CanonicalJSON(reading: Array(json.utf8)).map { carried($0, event) }
        text.examined += 1
        if before != after.map({ withoutRestored($0, before) }) || after == nil { text.note(wrong: event.id) }
        guard let after, let hash = ReferenceHash(event.version) else { return }
        name.examined += 1
        let id = try hash.eventID(of: after)
        // Where even Dendrite's own text does not hash to the id, the migration is not to blame.
        if id != event.id, try before.flatMap(hash.eventID) == event.id { name.note(wrong: event.id) }
    }

    /// A redacted redaction is told again what it redacts; see ``EventFacts/redactsAgain``.
    private func withoutRestored(_ after: CanonicalJSON, _ before: CanonicalJSON?) -> CanonicalJSON {
        guard before?["type"]?.text == "m.room.redaction", before?["redacts"] == nil, var members = after.members else {
            return after
        }
        members[Array("redacts".utf8)] = nil
        return .object(members)
    }

    /// The members that hashes and signatures may cover.
    private func carried(_ text: CanonicalJSON, _ event: SampledEvent) -> CanonicalJSON {
        guard var members = text.members else { return text }
        members[Array("unsigned".utf8)] = nil
        if !event.version.hasEventIDInJSON { members[Array("event_id".utf8)] = nil }
        let carried = CanonicalJSON.object(members)
        return ThirdPartyInvite.isUncovered(by: event.id, in: carried, event.version)
            ? ThirdPartyInvite.without(carried) : carried
    }
}
