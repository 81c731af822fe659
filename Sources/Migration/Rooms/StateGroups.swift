// SPDX-License-Identifier: Apache-2.0
import Partition

/// Gives each distinct state of a room a state group, as a delta where that is possible: of the state before it, or, where
/// that ends a chain, of the last state that was written in full.
///
/// Synapse reads a group by walking to its predecessors and taking, for each key, the entry of the highest group. So
/// ids rise along a chain, a chain has at most 100 groups, and where a key disappears a full group is written.
/// Memory: one entry of 32 bytes for each distinct state, and one for each key.
struct StateGroups: Sendable {
    /// A group that has to be written: its entries are (key, state event).
    struct NewGroup: Sendable {
        let id: Int64
        let previous: Int64?
        let entries: [(key: Int32, event: Int32)]
    }

    struct Group: Sendable, Hashable {
        let id: Int64
        /// Groups on the way to the full one, both ends included.
        let chain: Int32
    }

    /// The identifiers set apart for the partition are used up, which its size rules out.
    struct OutOfIdentifiers: Error, CustomStringConvertible {
        var description: String { "the partition has more states than its events can make" }
    }

    static let longestChain: Int32 = 100

    private(set) var state: RoomState
    private var identifiers: IdentifierRange.Cursor
    private var known: [RoomState.Fingerprint: Group] = [:]
    /// The group of the state as it was when `changes` was last empty.
    private var base: Group?
    /// Keys set since then, with the value that each had.
    private var changes: [(key: Int32, old: Int32)] = []
    /// The last group that was written in full.
    private var full: Group?
    /// Keys set since then, with the value that each had.
    private var changesSinceFull: [Int32: Int32] = [:]

    /// The groups of a room: none yet, at its empty state.
    ///
    /// - Parameters:
    ///   - keys: how many keys the room has.
    ///   - identifiers: where the groups' ids come from; ``remaining`` gives back what is left.
    init(keys: Int, identifiers: IdentifierRange.Cursor) {
        state = RoomState(keys: keys)
        self.identifiers = identifiers
    }

    /// What is left of the identifiers.
    var remaining: IdentifierRange.Cursor { identifiers }

    /// Changes the state that the next group is for.
    mutating func set(_ key: Int32, to event: Int32) {
        let old = state.entries[Int(key)]
        guard old != event else { return }
        changes.append((key, old))
        if changesSinceFull[key] == nil { changesSinceFull[key] = old }
        state.set(key, to: event)
    }

    /// The group of the present state, written by `write` if it is new.
    ///
    /// - Throws: ``OutOfIdentifiers``, or what `write` throws.
    mutating func group(_ write: (NewGroup) throws -> Void) throws -> Group {
        if let base, changes.isEmpty { return base }
        if let group = known[state.fingerprint] {
            changes.removeAll(keepingCapacity: true)
            base = group
            return group
        }
        guard let id = identifiers.take() else { throw OutOfIdentifiers() }
        let group: Group
        if let (previous, entries) = delta() {
            group = Group(id: id, chain: previous.chain + 1)
            try write(NewGroup(id: id, previous: previous.id, entries: entries))
        } else {
            group = Group(id: id, chain: 1)
            let all = state.entries.enumerated().filter { $0.element >= 0 }
            try write(NewGroup(id: id, previous: nil, entries: all.map { (Int32($0.offset), $0.element) }))
            full = group
            changesSinceFull.removeAll(keepingCapacity: true)
        }
        known[state.fingerprint] = group
        base = group
        changes.removeAll(keepingCapacity: true)
        return group
    }

    /// The group that the present state is a small change of, and the change.
    private func delta() -> (previous: Group, entries: [(key: Int32, event: Int32)])? {
        if let base, base.chain < Self.longestChain, let entries = entriesSinceBase() { return (base, entries) }
        guard let full, let entries = entries(changedFrom: changesSinceFull.lazy.map { ($0, $1) }) else { return nil }
        return (full, entries)
    }

    private func entriesSinceBase() -> [(key: Int32, event: Int32)]? {
        // As a rule there is one.
        guard changes.count > 1 else { return entries(changedFrom: changes) }
        let first = Dictionary(changes.map { ($0.key, $0.old) }, uniquingKeysWith: { first, _ in first })
        return entries(changedFrom: first.lazy.map { ($0, $1) })
    }

    /// What changed; nil where that cannot be a delta or would not be a small one.
    private func entries(
        changedFrom before: some Sequence<(key: Int32, old: Int32)>
    ) -> [(key: Int32, event: Int32)]? {
        var entries: [(key: Int32, event: Int32)] = []
        for (key, old) in before where state.entries[Int(key)] != old {
            guard state.entries[Int(key)] >= 0 else { return nil }
            entries.append((key, state.entries[Int(key)]))
        }
        guard entries.count * 5 <= max(5, state.count) else { return nil }
        return entries.sorted { $0.key < $1.key }
    }
}
