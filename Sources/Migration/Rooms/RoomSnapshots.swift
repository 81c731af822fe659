// SPDX-License-Identifier: Apache-2.0
import Partition

/// Walks through a room's snapshots, keeping one state and changing it as little as possible.
///
/// A snapshot is a list of blocks of state events; of two entries for one key the later block's wins, unless it was
/// filed under a wrong key and the other was not. Dendrite may have stored a list unsorted or with repetitions: it
/// reads blocks in ascending order.
struct RoomSnapshots: Sendable {
    private(set) var groups: StateGroups
    private let events: [StateEvent]
    private(set) var index: StateEventIndex
    private let blocksOfSnapshot: [Int64: PackedNumbers]
    private let emptySnapshots: Set<Int64>
    private let eventsOfBlock: [Int64: PackedNumbers]
    /// Snapshots that were asked for and are neither the room's own nor empty.
    private(set) var foreign: Set<Int64> = []
    /// Blocks that snapshots name and that do not exist.
    private(set) var missingBlocks: Set<Int64> = []
    /// The blocks that the present state is made of, and the event put on top of them.
    private var blocks: [Int64] = []
    private var top: (key: Int32, old: Int32)?
    /// The group of the state before events that have this snapshot.
    private var groupOfSnapshot: [Int64: StateGroups.Group] = [:]
    /// The snapshot that was asked for last, as messages between two changes of state have the same.
    private var last: (snapshot: Int64, group: StateGroups.Group)?
    /// An entry of a block, which many snapshots may have.
    private struct Entry: Hashable {
        let block: Int64
        let event: Int64
    }

    private var stray: Set<Entry> = []
    private var misfiled: Set<Entry> = []
    /// Entries of blocks that name no state event of this room.
    var strayEntries: Int { stray.count }
    /// Entries of blocks that lost their key to an event that was filed right.
    var misfiledEntries: Int { misfiled.count }

    /// The snapshots of a room, at its empty state.
    ///
    /// - Parameters:
    ///   - events: the room's state events.
    ///   - keys: how many keys they have.
    ///   - blocksOfSnapshot: `state_block_nids` by `state_snapshot_nid`.
    ///   - emptySnapshots: those that are empty whatever the room.
    ///   - eventsOfBlock: `event_nids` by `state_block_nid`.
    init(
        events: [StateEvent], keys: Int, blocksOfSnapshot: [Int64: PackedNumbers],
        emptySnapshots: Set<Int64>, eventsOfBlock: [Int64: PackedNumbers],
        identifiers: IdentifierRange.Cursor
    ) {
        self.events = events
        index = StateEventIndex(events)
        self.blocksOfSnapshot = blocksOfSnapshot
        self.emptySnapshots = emptySnapshots
        self.eventsOfBlock = eventsOfBlock
        groups = StateGroups(keys: keys, identifiers: identifiers)
    }

    /// The index of the state event at a key of the present state.
    func current(_ key: Int32) -> Int32? {
        let index = groups.state.entries[Int(key)]
        return index >= 0 ? index : nil
    }

    /// Makes the state before events with this snapshot the present one; an unknown snapshot is the empty state.
    mutating func move(to snapshot: Int64) {
        let packed = blocksOfSnapshot[snapshot]
        if packed == nil, !emptySnapshots.contains(snapshot) { foreign.insert(snapshot) }
        var list = packed.map(Array.init) ?? []
        // Sorted as a rule.
        if !zip(list, list.dropFirst()).allSatisfy(<) { list = Set(list).sorted() }
        if let top {
            groups.set(top.key, to: top.old)
            self.top = nil
        }
        if list.starts(with: blocks) {
            for block in list[blocks.count...] {
                for nid in entries(of: block) {
                    guard let (key, event) = place(of: nid, in: block) else { continue }
                    if replaces(groups.state.entries[Int(key)], event, in: block, nid) { groups.set(key, to: event) }
                }
            }
        } else {
            moveAnew(to: list)
        }
        blocks = list
    }

    /// Builds the state from nothing and then changes only what differs, so that the next group may be a delta.
    private mutating func moveAnew(to list: [Int64]) {
        var fresh = [Int32](repeating: -1, count: groups.state.entries.count)
        for block in list {
            for nid in entries(of: block) {
                guard let (key, event) = place(of: nid, in: block) else { continue }
                if replaces(fresh[Int(key)], event, in: block, nid) { fresh[Int(key)] = event }
            }
        }
        for key in fresh.indices { groups.set(Int32(key), to: fresh[key]) }
    }

    private mutating func entries(of block: Int64) -> PackedNumbers {
        if let entries = eventsOfBlock[block] { return entries }
        missingBlocks.insert(block)
        return PackedNumbers([])
    }

    private mutating func place(of nid: Int64, in block: Int64) -> (key: Int32, event: Int32)? {
        guard let event = index.place(of: nid) else {
            stray.insert(Entry(block: block, event: nid))
            return nil
        }
        return (events[Int(event)].key, event)
    }

    /// Whether an event of a block wins over the one that its key has so far, -1 for none.
    private mutating func replaces(_ present: Int32, _ event: Int32, in block: Int64, _ nid: Int64) -> Bool {
        guard present >= 0, present != event, !events[Int(event)].isFiledCorrectly,
            events[Int(present)].isFiledCorrectly
        else { return true }
        misfiled.insert(Entry(block: block, event: nid))
        return false
    }

    /// The group of the state before events that have this snapshot.
    ///
    /// - Parameter needsState: whether the state itself is to become the present one, not its group alone.
    mutating func group(
        before snapshot: Int64, needsState: Bool, _ write: (StateGroups.NewGroup) throws -> Void
    ) throws -> StateGroups.Group {
        if !needsState, let last, last.snapshot == snapshot { return last.group }
        if !needsState, let group = groupOfSnapshot[snapshot] {
            last = (snapshot, group)
            return group
        }
        move(to: snapshot)
        let group = try groups.group(write)
        groupOfSnapshot[snapshot] = group
        last = (snapshot, group)
        return group
    }

    /// The group of the state after a state event; call when the state before it is the present one.
    mutating func group(after index: Int32, _ write: (StateGroups.NewGroup) throws -> Void) throws -> StateGroups.Group
    {
        let key = events[Int(index)].key
        top = (key, groups.state.entries[Int(key)])
        groups.set(key, to: index)
        return try groups.group(write)
    }
}
