// SPDX-License-Identifier: Apache-2.0
import Digest
import Postgres

/// A room as it lives: its state, its latest events, and who is in it.
///
/// One worker owns it from its beginning to its end.
final class Room {
    let plan: RoomPlan
    let number: Int64
    let population: Population
    let settings: GeneratorSettings
    let vocabulary: Vocabulary
    var random: RandomSource
    private var text: EventText
    private(set) var id: [UInt8]
    var creator = 0

    // The current state.
    private(set) var standing: [EventType: StateEntry] = [:]
    /// The standing events that others need to be allowed, at hand since nearly all need them.
    private(set) var create: EventReference?
    private(set) var powerLevels: EventReference?
    private(set) var joinRules: EventReference?
    private(set) var members: [Int: Member] = [:]
    private(set) var joined: [Int] = []

    // The same as Dendrite's numbers: the blocks that are the state before the next event.
    private(set) var snapshot: Int64 = 1
    private var blocks: [Int64] = []
    /// Whether the one block is the whole state.
    private var isWhole = false

    /// Events that no other event names yet: the next one will.
    var latest: [EventReference] = []
    /// The event before an open fork, and the state there; the fork's second event will name it too.
    var fork: (base: [EventReference], snapshot: Int64)?
    /// A departure that a server might not have heard of, so that its user's next event is soft-failed.
    var departure: (user: Int, before: EventReference, snapshot: Int64, join: EventReference)?
    private var children: [(parent: EventID, numbers: [Int64])] = []

    /// The latest plain messages, to be answered, edited and read.
    var messages: [(event: EventReference, sender: Int, row: Int64)] = []
    /// A message whose rows wait for the redaction that changes them.
    var doomed: EventRow?
    var backfill: [EventRow] = []
    var openInvites: [(user: Int, row: EventRow)] = []
    var localTurn = 0
    var remoteTurn = 0
    /// Users who left and may come back.
    var gone: [Int] = []
    /// The local user without whom we would not be in the room.
    var anchor = 0
    private(set) var lastSent: Int64 = 0

    init(_ plan: RoomPlan, settings: GeneratorSettings, population: Population, vocabulary: Vocabulary) {
        self.plan = plan
        self.settings = settings
        self.population = population
        self.vocabulary = vocabulary
        number = Int64(plan.index) + 1
        random = RandomSource(seed: settings.seed, .room, plan.index)
        text = EventText(version: plan.version, population: population)
        id = []
    }

    var identity: RoomIdentity { RoomIdentity(number: number, id: id, version: plan.version) }

    func setID(_ id: [UInt8]) { self.id = id }

    func isJoined(_ user: Int) -> Bool { members[user]?.membership == .join }

    func time(_ number: Int64) -> Int64 { ServerTime.of(number, settings: settings) }

    // MARK: Adding events

    /// The events that must allow an event (Matrix specification, server-server API, "Auth events selection").
    func authorization(sender: Int, member: Int? = nil, membership: Membership? = nil) -> [EventReference] {
        var events: [EventReference] = []
        events.reserveCapacity(5)
        if !plan.version.idIsCreateEvent, let create { events.append(create) }
        if membership == .join || membership == .invite, let joinRules { events.append(joinRules) }
        if let powerLevels { events.append(powerLevels) }
        if let own = members[sender] { events.append(own.entry.event) }
        if let member, member != sender, let other = members[member] { events.append(other.entry.event) }
        return events
    }

    /// Gives an event its text and id, and says what its rows will be; nothing of the room changes.
    func write(_ draft: EventDraft, number: Int64, snapshot: Int64) throws(DigestError) -> EventRow {
        let isFirst = draft.type == .create && plan.version.idIsCreateEvent
        let written = try text.write(draft, room: isFirst ? [] : id)
        if isFirst { id = Array("!".utf8) + written.id.bytes.dropFirst() }
        var authorization: [Int64] = []
        authorization.reserveCapacity(draft.authorization.count + 1)
        for event in draft.authorization where event.number > 0 { authorization.append(event.number) }
        if plan.version.idIsCreateEvent, let create, create.number > 0 { authorization.insert(create.number, at: 0) }
        return EventRow(
            number: number, room: identity, draft: draft, text: written, snapshot: snapshot,
            authorization: authorization, replaced: draft.isState ? entry(draft.type, draft.member) : nil,
            added: draft.isState ? [written.id] : [])
    }

    func entry(_ type: EventType, _ member: Int?) -> StateEntry? {
        if let member { return members[member]?.entry }
        return standing[type]
    }

    /// Adds a live event at the room's end.
    ///
    /// - Parameter alsoAdded: ids of state that became known together with the event.
    @discardableResult
    func add(
        _ draft: EventDraft, number: Int64, to rows: inout RoomRows, alsoAdded: [EventID] = []
    ) throws(DigestError) -> EventRow {
        let row = try write(draft, number: number, snapshot: snapshot)
        row.added += alsoAdded
        if draft.isDoomed { doomed = row } else { rows.add(row) }
        let reference = row.reference
        settle(reference, after: draft, rows: &rows)
        if draft.isState {
            apply(draft, reference)
            extendState(number, rows: &rows)
        }
        return row
    }

    /// Makes an event the room's latest one.
    func settle(
        _ event: EventReference, after draft: EventDraft, beside others: [EventReference] = [], rows: inout RoomRows
    ) {
        latest = others + [event]
        lastSent = event.number
        note(event.number, names: draft.previous, rows: &rows)
    }

    /// Notes that an event names others as its previous ones.
    func note(_ number: Int64, names previous: [EventReference], rows: inout RoomRows) {
        for parent in previous {
            if let place = children.firstIndex(where: { $0.parent == parent.id }) {
                children[place].numbers.append(number)
            } else {
                children.append((parent.id, [number]))
            }
        }
        var place = 0
        while place < children.count {
            if isStillNamed(children[place].parent) {
                place += 1
            } else {
                write(children.remove(at: place), rows: &rows)
            }
        }
    }

    /// Whether a later event may yet name an event as the one before.
    private func isStillNamed(_ event: EventID) -> Bool {
        if latest.contains(where: { $0.id == event }) || departure?.before.id == event { return true }
        return fork?.base.contains { $0.id == event } ?? false
    }

    private func write(_ child: (parent: EventID, numbers: [Int64]), rows: inout RoomRows) {
        rows.previous.append {
            $0.write(child.parent)
            $0.write(child.numbers)
        }
    }

    func writeRemainingChildren(_ rows: inout RoomRows) {
        for child in children { write(child, rows: &rows) }
        children = []
    }

    // MARK: State

    /// Takes a state event into the current state.
    func apply(_ draft: EventDraft, _ event: EventReference) {
        let entry = StateEntry(
            event: event, type: draft.type, member: draft.member, sender: draft.sender, content: draft.content)
        guard let user = draft.member else {
            standing[draft.type] = entry
            switch draft.type {
            case .create: create = event
            case .powerLevels: powerLevels = event
            case .joinRules: joinRules = event
            default: break
            }
            return
        }
        let membership = draft.membership ?? .leave
        var member = members[user] ?? Member(entry: entry, membership: membership)
        if let position = member.position, membership != .join {
            let last = joined.count - 1
            joined.swapAt(position, last)
            members[joined[position]]?.position = position
            joined.removeLast()
            member.position = nil
        } else if member.position == nil, membership == .join {
            member.position = joined.count
            joined.append(user)
        }
        member.entry = entry
        member.membership = membership
        members[user] = member
    }

    /// Adds a block of one event to the state, or a new whole block where there would be too many.
    func extendState(_ number: Int64, rows: inout RoomRows) {
        guard blocks.count < Self.maximumBlocks else { return renewState(number, rows: &rows) }
        blocks.append(number)
        isWhole = false
        rows.addBlock(number, [number])
        addSnapshot(number, rows: &rows)
    }

    /// Writes the state as one whole block, as Dendrite does where events come together.
    func renewState(_ number: Int64, rows: inout RoomRows) {
        if isWhole { return }
        blocks = [number]
        isWhole = true
        let all = (standing.values.map(\.event.number) + members.values.map(\.entry.event.number)).sorted()
        rows.addBlock(number, all)
        addSnapshot(number, rows: &rows)
    }

    /// Settles on one state where two events came at the same time.
    func mergeState(_ draft: EventDraft, _ event: EventReference, rows: inout RoomRows) {
        if draft.isState {
            apply(draft, event)
            isWhole = false
        }
        renewState(event.number, rows: &rows)
    }

    /// Dendrite's own limit.
    private static let maximumBlocks = 64

    private func addSnapshot(_ number: Int64, rows: inout RoomRows) {
        // Number 1 is the empty snapshot that all rooms begin with.
        snapshot = number + 1
        rows.addSnapshot(snapshot, room: self.number, blocks)
    }

    /// The room's number, id and state as the store keeps it.
    func writeRoom(_ rows: inout RoomRows) {
        rows.rooms.append {
            $0.write(number)
            $0.write(id)
            $0.write(latest.map(\.number))
            $0.write(lastSent)
            $0.write(snapshot)
            $0.write(plan.version.rawValue)
        }
    }
}
