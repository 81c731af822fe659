// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Room {
    /// The rows that depend on what the room has become.
    func end(_ rows: inout RoomRows) {
        if let waiting = doomed { rows.add(waiting) }
        doomed = nil
        departure = nil
        writeRemainingChildren(&rows)
        writeRoom(&rows)
        for entry in standing.values.sorted(by: { $0.event.number < $1.event.number }) { writeState(entry, nil, &rows) }
        for member in members.values.sorted(by: { $0.entry.event.number < $1.entry.event.number }) {
            writeState(member.entry, member.membership, &rows)
            writeMember(member, &rows)
        }
        for invite in openInvites { write(invite.row, isOpen: true, rows: &rows) }
        writeReaders(&rows)
    }

    private func writeState(_ entry: StateEntry, _ membership: Membership?, _ rows: inout RoomRows) {
        rows.currentState.append {
            $0.write(entry.event.number)
            $0.write(id)
            $0.write(entry.type.rawValue)
            $0.write(entry.member.map(population.userID) ?? [])
            $0.write(population.userID(entry.sender))
            if let membership { $0.write(membership.rawValue) } else { $0.writeNull() }
            $0.write(entry.event.number * 2)
            $0.write(plan.version.rawValue)
            $0.write(entry.event.id)
        }
    }

    private func writeMember(_ member: Member, _ rows: inout RoomRows) {
        guard let user = member.entry.member else { return }
        let isLocal = population.isLocal(user)
        rows.memberships.append {
            $0.write(number)
            $0.write(population.number(user))
            $0.write(population.number(member.entry.sender))
            $0.write(member.membership.number)
            $0.write(member.entry.event.number)
            $0.write(isLocal)
            $0.write(isLocal && member.membership == .leave && user % 3 == 0)
        }
        rows.clientMemberships.append {
            $0.write(id)
            $0.write(population.userID(user))
            $0.write(member.membership.rawValue)
            $0.write(member.entry.event.id)
            $0.write(member.entry.event.number * 2)
            $0.write(member.entry.event.depth)
        }
        if member.membership == .join {
            rows.joinedHosts.append {
                $0.write(id)
                $0.write(member.entry.event.id)
                $0.write(population.serverName(of: user))
            }
        }
    }

    /// Who has read how far, who has not, and what members keep about the room.
    private func writeReaders(_ rows: inout RoomRows) {
        let known = messages.sorted { $0.event.number < $1.event.number }
        guard let last = known.last else { return }
        for (position, user) in joined.prefix(6).enumerated() {
            let seen = known[random.below(known.count)]
            let sequence = number * 8 + Int64(position)
            rows.receipts.append {
                $0.write(sequence)
                $0.write(id)
                $0.write(position == 5 ? "m.read.private" : "m.read")
                $0.write(population.userID(user))
                $0.write(seen.event.id)
                $0.write(time(seen.event.number) + 5000)
            }
            guard population.isLocal(user) else { continue }
            writeAccountData(user, "m.fully_read", Content.object("event_id", seen.event.id.bytes), &rows)
            if user % 5 == 0 {
                writeAccountData(user, "m.tag", Array(#"{"tags":{"m.favourite":{"order":0.25}}}"#.utf8), &rows)
            }
            if position == 0, user != last.sender, seen.event.number < last.event.number {
                writeUnread(user, last, &rows)
            }
        }
    }

    private func writeAccountData(_ user: Int, _ type: String, _ content: [UInt8], _ rows: inout RoomRows) {
        rows.accountData.append {
            $0.write(population.localpart(user))
            $0.write(settings.serverName)
            $0.write(id)
            $0.write(type)
            $0.write(content)
        }
    }

    private func writeUnread(
        _ user: Int, _ last: (event: EventReference, sender: Int, row: Int64), _ rows: inout RoomRows
    ) {
        rows.unread.append {
            $0.write(number)
            $0.write(population.userID(user))
            $0.write(id)
            $0.write(Int64(1))
            $0.write(Int64(0))
        }
        let sent = time(last.event.number)
        let json =
            #"{"actions":["notify"],"event":{"content":{},"event_id":""#
            + last.event.id.text
            + #"","origin_server_ts":\#(sent),"sender":""#
            + String(decoding: population.userID(last.sender), as: UTF8.self)
            + #"","type":"m.room.message"},"profile_tag":"","read":false,"room_id":"","ts":0}"#
        rows.notifications.append {
            $0.write(number)
            $0.write(population.localpart(user))
            $0.write(settings.serverName)
            $0.write(id)
            $0.write(last.event.id)
            $0.write(sent + 20)
            $0.write(sent)
            $0.write(false)
            $0.write(json)
            $0.write(false)
        }
    }
}
