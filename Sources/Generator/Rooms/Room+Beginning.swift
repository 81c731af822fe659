// SPDX-License-Identifier: Apache-2.0
import Digest
import Postgres

extension Room {
    /// The room's first events, numbered from `first`.
    func begin(_ first: Int64, rows: inout RoomRows) throws(DigestError) {
        var number = first
        if plan.isFederated {
            try beginElsewhere(&number, rows: &rows)
        } else {
            try beginHere(&number, rows: &rows)
        }
    }

    // MARK: Rooms of this server

    private func beginHere(_ number: inout Int64, rows: inout RoomRows) throws(DigestError) {
        creator = nextLocalUser() ?? 0
        anchor = creator
        if !plan.version.idIsCreateEvent { setID(randomID(server: population.serverName(of: creator))) }
        for draft in foundingDrafts() {
            try add(standing(draft, number), number: number, to: &rows)
            number += 1
        }
        while members.count < plan.memberCount {
            guard let user = nextUser() else { break }
            if !plan.isPublic {
                try invite(user, number, rows: &rows)
                number += 1
            }
            try join(user, number, rows: &rows)
            number += 1
        }
        if plan.isPublic { publish(&rows) }
    }

    private func publish(_ rows: inout RoomRows) {
        let server = String(decoding: population.serverName(of: creator), as: UTF8.self)
        rows.aliases.append {
            $0.write("#room\(number):\(server)")
            $0.write(id)
            $0.write(population.userID(creator))
        }
        rows.published.append {
            $0.write(id)
            $0.write("")
            $0.write("")
            $0.write(number % 3 != 0)
        }
    }

    /// The events that found a room, without their places in it.
    private func foundingDrafts() -> [EventDraft] {
        let name = population.userID(creator)
        var drafts = [
            draft(
                .create, Content.create(plan.version, creator: name),
                redacted: Content.redactedCreate(plan.version, creator: name)),
            memberDraft(creator, .join, sender: creator),
            draft(
                .powerLevels, Content.powerLevels(plan.version, creator: name),
                redacted: Content.powerLevels(plan.version, creator: name, isRedacted: true)),
        ]
        let rule = Content.object("join_rule", plan.isPublic ? "public" : "invite")
        drafts.append(draft(.joinRules, rule, redacted: rule))
        let visibility = Content.object("history_visibility", "shared")
        drafts.append(draft(.historyVisibility, visibility, redacted: visibility))
        if plan.isEncrypted { drafts.append(draft(.encryption, Content.object("algorithm", "m.megolm.v1.aes-sha2"))) }
        drafts.append(draft(.name, Content.object("name", "Room \(plan.index + 1)")))
        drafts.append(draft(.topic, Content.object("topic", Array(vocabulary.words(40, &random)))))
        return drafts
    }

    private func draft(_ type: EventType, _ content: [UInt8], redacted: [UInt8] = Content.empty) -> EventDraft {
        EventDraft(
            type: type, isState: true, sender: creator, content: content, redactedContent: redacted, previous: [],
            authorization: [], time: 0)
    }

    /// Gives a draft its place at the room's end.
    private func standing(_ draft: EventDraft, _ number: Int64) -> EventDraft {
        var draft = draft
        draft.previous = latest
        draft.authorization = authorization(
            sender: draft.sender, member: draft.member, membership: draft.membership)
        draft.time = time(number)
        return draft
    }

    // MARK: Rooms of other servers

    private func beginElsewhere(_ number: inout Int64, rows: inout RoomRows) throws(DigestError) {
        creator = nextRemoteUser() ?? population.localCount
        anchor = nextLocalUser() ?? 0
        if !plan.version.idIsCreateEvent { setID(randomID(server: population.serverName(of: creator))) }
        var drafts = foundingDrafts()
        var names: Set = [creator]
        while names.count < plan.memberCount, let user = nextRemoteUser() {
            names.insert(user)
            drafts.append(memberDraft(user, .join, sender: user))
        }
        var tip: [EventReference] = []
        var known: [EventID] = []
        for outline in drafts {
            var draft = standing(outline, number)
            draft.previous = tip
            draft.arrival = .outlier
            let row = try write(draft, number: number, snapshot: 0)
            rows.add(row)
            apply(draft, row.reference)
            note(number, names: tip, rows: &rows)
            tip = [row.reference]
            known.append(row.text.id)
            number += 1
        }
        renewState(number - 1, rows: &rows)
        latest = [unknownEvent(after: tip)]
        try prepareBackfill(before: number)
        var draft = memberDraft(anchor, .join, sender: anchor)
        draft = standing(draft, number)
        try add(draft, number: number, to: &rows, alsoAdded: known)
        number += 1
    }

    /// An event that this server has only heard of.
    private func unknownEvent(after tip: [EventReference]) -> EventReference {
        EventReference(number: 0, id: EventID(hash: random.bytes(32)), depth: (tip.last?.depth ?? 0) + 100)
    }

    /// Writes the messages before our join that somebody will ask for later.
    private func prepareBackfill(before join: Int64) throws(DigestError) {
        for turn in 0..<plan.backfillCount {
            let sender = joined[random.below(joined.count)]
            let content = Content.text(vocabulary.words(vocabulary.messageLength(&random), &random))
            var draft = EventDraft(
                type: .message, sender: sender, content: content, redactedContent: Content.empty, previous: latest,
                authorization: authorization(sender: sender),
                time: time(join) - Int64(plan.backfillCount - turn) * 60_000)
            draft.arrival = .backfilled
            let row = try write(draft, number: 0, snapshot: snapshot)
            backfill.append(row)
            latest = [row.reference]
        }
    }

    /// The history before our join arrives, the latest first, as /backfill gives it.
    func fetchBackfill(_ first: Int64, rows: inout RoomRows) {
        for (position, row) in backfill.reversed().enumerated() {
            row.number = first + Int64(position)
            rows.add(row)
            note(row.number, names: row.draft.previous, rows: &rows)
        }
        if let oldest = backfill.first, let unknown = oldest.draft.previous.first {
            rows.extremities.append {
                $0.write(id)
                $0.write(oldest.text.id)
                $0.write(unknown.id)
            }
        }
        backfill = []
    }

    private func randomID(server: [UInt8]) -> [UInt8] {
        Array("!".utf8) + random.letters(16) + Array(":".utf8) + server
    }
}
