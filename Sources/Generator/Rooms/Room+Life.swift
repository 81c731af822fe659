// SPDX-License-Identifier: Apache-2.0
import Digest

extension Room {
    /// One event of the room's daily life.
    func live(_ number: Int64, rows: inout RoomRows) throws(DigestError) {
        if fork != nil { return try closeFork(number, rows: &rows) }
        if doomed != nil, random.chance(0.3) { return try redact(number, rows: &rows) }
        if random.chance(settings.stateChurn) {
            if random.chance(0.85) { return try changeMembership(number, rows: &rows) }
            try add(topic(number), number: number, to: &rows)
            return
        }
        if random.chance(settings.refused), try refuse(number, rows: &rows) { return }
        if latest.count == 1, random.chance(settings.forks) { fork = (latest, snapshot) }
        try say(number, rows: &rows)
    }

    // MARK: What users say

    private func say(_ number: Int64, rows: inout RoomRows) throws(DigestError) {
        let sender = joined[random.below(joined.count)]
        var draft = EventDraft(
            type: .message, sender: sender, content: [], redactedContent: Content.empty, previous: latest,
            authorization: authorization(sender: sender), time: time(number))
        let length = vocabulary.messageLength(&random)
        let kind = random.fraction()
        let target = messages.isEmpty ? nil : messages[random.below(messages.count)]
        if let target, kind < settings.reactions {
            draft.type = .reaction
            draft.content = Content.reaction(["👍", "🎉", "❤️", "👀"][random.below(4)], to: target.event.id)
            draft.relation = (target.event.id, "m.annotation")
        } else if plan.isEncrypted {
            let session = vocabulary.ciphertext(43, &random)
            draft.type = .encrypted
            draft.content = Content.encrypted(
                vocabulary.ciphertext(160 + length * 4 / 3, &random), device: population.deviceID(sender),
                session: session)
        } else if let target, kind < settings.reactions + settings.threads {
            draft.content = Content.thread(vocabulary.words(length, &random), root: target.event.id)
            draft.relation = (target.event.id, "m.thread")
        } else if let target, kind < settings.reactions + settings.threads + settings.edits, isJoined(target.sender) {
            draft.sender = target.sender
            draft.authorization = authorization(sender: target.sender)
            draft.content = Content.edit(vocabulary.words(length, &random), of: target.event.id)
            draft.relation = (target.event.id, "m.replace")
        } else if settings.mediaFiles > 0, population.isLocal(sender), random.chance(0.03) {
            let file = random.below(settings.mediaFiles)
            draft.content = Content.image(
                vocabulary.words(8, &random), url: "mxc://\(settings.serverName)/\(population.mediaID(file))",
                bytes: settings.mediaBytes)
            draft.hasURL = true
        } else {
            let words = vocabulary.words(length, &random)
            draft.content = length < 400 && random.chance(0.15) ? Content.formatted(words) : Content.text(words)
        }
        let isPlain = draft.relation == nil
        draft.isDoomed = isPlain && doomed == nil && random.chance(settings.redactions)
        let row = try add(draft, number: number, to: &rows)
        if isPlain, !draft.isDoomed { remember(row) }
    }

    private func remember(_ row: EventRow) {
        let entry = (row.reference, row.draft.sender, row.streamPosition)
        if messages.count < 16 { messages.append(entry) } else { messages[random.below(16)] = entry }
    }

    private func topic(_ number: Int64) -> EventDraft {
        let type: EventType = random.chance(0.8) ? .topic : .name
        let key = type == .topic ? "topic" : "name"
        return EventDraft(
            type: type, isState: true, sender: creator,
            content: Content.object(key, Array(vocabulary.words(20 + random.below(60), &random))),
            redactedContent: Content.empty, previous: latest, authorization: authorization(sender: creator),
            time: time(number))
    }

    private func redact(_ number: Int64, rows: inout RoomRows) throws(DigestError) {
        guard let target = doomed else { return }
        doomed = nil
        let sender = isJoined(target.draft.sender) ? target.draft.sender : creator
        let name = target.text.id.text
        var draft = EventDraft(
            type: .redaction, sender: sender, content: Array("{\"reason\":\"off topic\",\"redacts\":\"\(name)\"}".utf8),
            redactedContent: plan.version.redactsInContent ? Content.object("redacts", name) : Content.empty,
            previous: latest, authorization: authorization(sender: sender), time: time(number))
        draft.redacts = target.text.id
        let row = try add(draft, number: number, to: &rows)
        rows.add(target, redactedBy: row)
        rows.addRedaction(of: target.text.id, by: row.text.id)
    }

    // MARK: What happens between servers

    /// The second of two events that did not know of each other.
    private func closeFork(_ number: Int64, rows: inout RoomRows) throws(DigestError) {
        guard let open = fork else { return }
        fork = nil
        let sender = joined[random.below(joined.count)]
        var draft = topic(number)
        if random.chance(0.7) {
            draft = EventDraft(
                type: .message, sender: sender,
                content: Content.text(vocabulary.words(vocabulary.messageLength(&random), &random)),
                redactedContent: Content.empty, previous: [], authorization: authorization(sender: sender),
                time: time(number))
        }
        draft.previous = open.base
        let row = try write(draft, number: number, snapshot: open.snapshot)
        rows.add(row)
        settle(row.reference, after: draft, beside: latest, rows: &rows)
        mergeState(draft, row.reference, rows: &rows)
    }

    /// An event that this server does not take: against the rules at once, or of a user who has left meanwhile.
    ///
    /// - Returns: whether there was anybody to send it.
    private func refuse(_ number: Int64, rows: inout RoomRows) throws(DigestError) -> Bool {
        var draft = EventDraft(
            type: .message, sender: 0, content: Content.text(vocabulary.words(60, &random)),
            redactedContent: Content.empty, previous: latest, authorization: [], time: time(number))
        let founding = plan.version.idIsCreateEvent ? [] : [create].compactMap(\.self)
        let levels = [powerLevels].compactMap(\.self)
        var before = snapshot
        if let departed = departure, random.chance(0.5) {
            departure = nil
            draft.sender = departed.user
            draft.previous = [departed.before]
            draft.authorization = founding + levels + [departed.join]
            draft.arrival = .softFailed
            before = departed.snapshot
        } else if let stranger = plan.remoteUser(remoteTurn) {
            draft.sender = stranger
            draft.authorization = founding + levels
            draft.arrival = .rejected
        } else {
            return false
        }
        let row = try write(draft, number: number, snapshot: before)
        rows.add(row)
        note(number, names: draft.previous, rows: &rows)
        return true
    }
}
