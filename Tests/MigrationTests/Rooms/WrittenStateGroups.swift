// SPDX-License-Identifier: Apache-2.0
@testable import Migration

/// State groups as they were written, read the way Synapse reads them.
final class WrittenStateGroups {
    private(set) var groups: [Int64: StateGroups.NewGroup] = [:]
    private(set) var isBroken = false

    func write(_ group: StateGroups.NewGroup) {
        // Ids rise along edges, predecessors exist, and a group has one entry for a key.
        if groups[group.id] != nil || group.previous.map({ $0 >= group.id || groups[$0] == nil }) == true {
            isBroken = true
        }
        if Set(group.entries.map(\.key)).count != group.entries.count { isBroken = true }
        groups[group.id] = group
    }

    /// The group and its predecessors.
    func chain(_ id: Int64) -> [StateGroups.NewGroup] {
        var chain: [StateGroups.NewGroup] = []
        var next: Int64? = id
        while let id = next, let group = groups[id] {
            chain.append(group)
            next = group.previous
        }
        return chain
    }

    /// The event at each key: of several entries that of the highest group.
    func state(_ id: Int64) -> [Int32: Int32] {
        var state: [Int32: Int32] = [:]
        for group in chain(id).sorted(by: { $0.id < $1.id }) {
            for entry in group.entries { state[entry.key] = entry.event }
        }
        return state
    }
}
