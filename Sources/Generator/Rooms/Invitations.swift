// SPDX-License-Identifier: Apache-2.0
import Digest
import Postgres

/// Open invites of other servers into rooms that this one is not in.
struct Invitations {
    let settings: GeneratorSettings
    let population: Population
    private var rows: RoomRows

    init(settings: GeneratorSettings, population: Population) {
        self.settings = settings
        self.population = population
        rows = RoomRows(population: population)
    }

    /// Invites every twentieth user.
    ///
    /// - Parameter firstPosition: a stream position that nothing has yet, nor anything after it.
    /// - Returns: how many there are.
    mutating func write(to connection: inout Connection, firstPosition: Int64) throws -> Int {
        guard population.hasRemoteUsers else { return 0 }
        var count = 0
        for user in stride(from: 1, to: population.localCount, by: 20) {
            try invite(user, room: Int64(settings.rooms + count + 1), position: firstPosition + Int64(count))
            count += 1
        }
        try rows.send(to: &connection, all: true)
        return count
    }

    private mutating func invite(_ user: Int, room: Int64, position: Int64) throws(DigestError) {
        var random = RandomSource(seed: settings.seed, .invite, user)
        let sender = population.localCount + user % (population.count - population.localCount)
        let id = Array("!".utf8) + random.letters(16) + Array(":".utf8) + population.serverName(of: sender)
        let unknown = (0..<4).map { _ in
            EventReference(number: 0, id: EventID(hash: random.bytes(32)), depth: 6)
        }
        var draft = EventDraft(
            type: .member, member: user, isState: true, sender: sender,
            content: Content.member(.invite, name: population.displayName(user)),
            redactedContent: Content.member(.invite), previous: [unknown[3]], authorization: Array(unknown[..<3]),
            time: ServerTime.end - 60_000)
        draft.membership = .invite
        var text = EventText(version: .v10, population: population)
        let written = try text.write(draft, room: id)
        let name = String(decoding: population.userID(sender), as: UTF8.self)
        var json = Array(written.json.dropLast())
        json += Array(
            """
            ,"unsigned":{"invite_room_state":[{"content":{"creator":"\(name)","room_version":"10"},"sender":"\(name)",\
            "state_key":"","type":"m.room.create"},{"content":{"join_rule":"invite"},"sender":"\(name)",\
            "state_key":"","type":"m.room.join_rules"},{"content":{"name":"Elsewhere \(room)"},"sender":"\(name)",\
            "state_key":"","type":"m.room.name"}]}
            """.utf8)
        addRows(room, id, user, sender, position, written.id, json)
    }

    private mutating func addRows(
        _ room: Int64, _ id: [UInt8], _ user: Int, _ sender: Int, _ position: Int64, _ event: EventID, _ json: [UInt8]
    ) {
        rows.rooms.append {
            $0.write(room)
            $0.write(id)
            $0.write([Int64]())
            $0.write(Int64(0))
            $0.write(Int64(0))
            $0.write("10")
        }
        rows.memberships.append {
            $0.write(room)
            $0.write(population.number(user))
            $0.write(population.number(sender))
            $0.write(Membership.invite.number)
            $0.write(Int64(0))
            $0.write(true)
            $0.write(false)
        }
        rows.invites.append {
            $0.write(event)
            $0.write(room)
            $0.write(population.number(user))
            $0.write(population.number(sender))
            $0.write(false)
            $0.write(json + Array("}".utf8))
        }
        rows.clientInvites.append {
            $0.write(position)
            $0.write(event)
            $0.write(id)
            $0.write(population.userID(user))
            $0.write(
                json + Array(",\"_room_version\":\"10\",\"_event_id\":\"".utf8) + event.bytes
                    + Array("\"}".utf8))
            $0.write(false)
        }
    }
}
