// SPDX-License-Identifier: Apache-2.0
import Digest
import Postgres

extension Room {
    /// The next local user who has not been in the room.
    func nextLocalUser() -> Int? {
        guard let user = plan.localUser(localTurn) else { return nil }
        localTurn += 1
        return user
    }

    func nextRemoteUser() -> Int? {
        guard let user = plan.remoteUser(remoteTurn) else { return nil }
        remoteTurn += 1
        return user
    }

    /// The next user who has not been in the room, of either kind.
    func nextUser() -> Int? {
        if random.chance(settings.remoteUsers), let user = nextRemoteUser() { return user }
        return nextLocalUser() ?? nextRemoteUser()
    }

    /// A change of membership, without its place in the room.
    func memberDraft(_ user: Int, _ membership: Membership, sender: Int, name: String? = nil) -> EventDraft {
        let isProfile = membership == .join || membership == .invite
        let content = Content.member(membership, name: isProfile ? name ?? population.displayName(user) : nil)
        var draft = EventDraft(
            type: .member, member: user, isState: true, sender: sender, content: content,
            redactedContent: Content.member(membership), previous: [], authorization: [], time: 0)
        draft.membership = membership
        return draft
    }

    private func place(_ draft: EventDraft, _ number: Int64) -> EventDraft {
        var draft = draft
        draft.previous = latest
        draft.authorization = authorization(
            sender: draft.sender, member: draft.member, membership: draft.membership)
        draft.time = time(number)
        return draft
    }

    func join(_ user: Int, _ number: Int64, name: String? = nil, rows: inout RoomRows) throws(DigestError) {
        try add(place(memberDraft(user, .join, sender: user, name: name), number), number: number, to: &rows)
        if let invite = openInvites.firstIndex(where: { $0.user == user }) {
            write(openInvites.remove(at: invite).row, isOpen: false, rows: &rows)
        }
    }

    func invite(_ user: Int, _ number: Int64, rows: inout RoomRows) throws(DigestError) {
        let row = try add(place(memberDraft(user, .invite, sender: creator), number), number: number, to: &rows)
        openInvites.append((user, row))
    }

    /// A user leaves, or is sent away by the creator.
    func part(_ user: Int, _ membership: Membership, by sender: Int, _ number: Int64, rows: inout RoomRows)
        throws(DigestError)
    {
        if !population.isLocal(user), latest.count == 1, fork == nil, let entry = members[user]?.entry {
            departure = (user, latest[0], snapshot, entry.event)
        }
        try add(place(memberDraft(user, membership, sender: sender), number), number: number, to: &rows)
        if membership == .leave { gone.append(user) }
    }

    /// Somebody comes, goes or changes a name.
    func changeMembership(_ number: Int64, rows: inout RoomRows) throws(DigestError) {
        let user = joined[random.below(joined.count)]
        let mayGo = user != creator && user != anchor && joined.count > 3
        switch random.below(100) {
        case 0..<45:
            if let guest = openInvites.first?.user, random.chance(0.7) {
                return try join(guest, number, rows: &rows)
            }
            if let newcomer = nextUser() {
                return plan.isPublic
                    ? try join(newcomer, number, rows: &rows) : try invite(newcomer, number, rows: &rows)
            }
        case 45..<65 where mayGo:
            return try part(user, .leave, by: user, number, rows: &rows)
        case 65..<69 where mayGo:
            return try part(user, random.chance(0.5) ? .ban : .leave, by: creator, number, rows: &rows)
        case 69..<75:
            if plan.isPublic, let returning = gone.popLast() { return try join(returning, number, rows: &rows) }
        default:
            break
        }
        let name = "\(population.displayName(user)) (\(1 + random.below(999)))"
        try join(user, number, name: name, rows: &rows)
    }

    /// An invite's rows: the event once more, with what the invited may know of the room.
    func write(_ row: EventRow, isOpen: Bool, rows: inout RoomRows) {
        guard let user = row.draft.member else { return }
        let json =
            row.text.json.dropLast() + Array(",\"unsigned\":{\"invite_room_state\":".utf8) + strippedState()
            + Array("}".utf8)
        rows.invites.append {
            $0.write(row.text.id)
            $0.write(number)
            $0.write(population.number(user))
            $0.write(population.number(row.draft.sender))
            $0.write(!isOpen)
            $0.write(Array(json) + Array("}".utf8))
        }
        guard population.isLocal(user) else { return }
        rows.clientInvites.append {
            // Between the positions of events, which are even.
            $0.write(row.streamPosition + 1)
            $0.write(row.text.id)
            $0.write(id)
            $0.write(population.userID(user))
            $0.write(
                Array(json) + Array(",\"_room_version\":\"\(plan.version.rawValue)\",\"_event_id\":\"".utf8)
                    + row.text.id.bytes + Array("\"}".utf8))
            $0.write(!isOpen)
        }
    }

    private func strippedState() -> [UInt8] {
        var json = Array("[".utf8)
        for type in [EventType.create, .joinRules, .name] {
            guard let entry = standing[type] else { continue }
            if json.count > 1 { json += Array(",".utf8) }
            json += Array("{\"content\":".utf8) + entry.content + Array(",\"sender\":\"".utf8)
            json += population.userID(entry.sender) + Array("\",\"state_key\":\"\",\"type\":\"".utf8)
            json += Array("\(type.rawValue)\"}".utf8)
        }
        return json + Array("]".utf8)
    }
}
