// SPDX-License-Identifier: Apache-2.0

/// Rooms that one worker loads together, with the identifiers that it may give out.
public struct RoomPartition: Sendable, Hashable, Codable, Identifiable {
    /// Its number, from 0; part of the id of its load: "rooms/0".
    public let id: Int
    /// `room_nid`s, ascending.
    public let rooms: [Int64]
    /// The ``RoomWeight/weight`` of all its rooms.
    public let weight: Int
    /// Ids for the state groups of its rooms.
    public let stateGroups: IdentifierRange
    /// Ids for the auth chains of its rooms.
    public let authChains: IdentifierRange

    init(id: Int, rooms: [Int64], weight: Int, stateGroups: IdentifierRange, authChains: IdentifierRange) {
        self.id = id
        self.rooms = rooms
        self.weight = weight
        self.stateGroups = stateGroups
        self.authChains = authChains
    }

    /// Distributes rooms over partitions of about equal weight, and gives each partition ranges that are certainly
    /// long enough: an event makes at most one state group for the state before it and, if it is a state event, one for
    /// the state after it; and it begins at most one auth chain.
    ///
    /// Longest first onto the lightest so far, so no partition is heavier than the mean and the heaviest room together.
    ///
    /// - Parameters:
    ///   - rooms: the rooms, in any order.
    ///   - count: how many partitions; fewer come back where there are fewer rooms.
    ///   - firstStateGroup: where the ranges of state groups begin.
    ///   - firstAuthChain: where the ranges of auth chains begin.
    public static func balanced(
        _ rooms: [RoomWeight], into count: Int, firstStateGroup: Int64 = 1, firstAuthChain: Int64 = 1
    ) -> [RoomPartition] {
        var members = [[RoomWeight]](repeating: [], count: max(1, min(count, rooms.count)))
        var loads = [Int](repeating: 0, count: members.count)
        let heaviestFirst = rooms.sorted { ($0.weight, $1.room) > ($1.weight, $0.room) }
        for room in heaviestFirst {
            let lightest = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            members[lightest].append(room)
            loads[lightest] += room.weight
        }
        var (group, chain) = (firstStateGroup, firstAuthChain)
        return members.enumerated().filter { !$0.element.isEmpty }.map { id, rooms in
            let groups = rooms.reduce(Int64(0)) { $0 + Int64($1.events + $1.stateEvents + 1) }
            let chains = rooms.reduce(Int64(0)) { $0 + Int64($1.events + 1) }
            defer { (group, chain) = (group + groups, chain + chains) }
            return RoomPartition(
                id: id, rooms: rooms.map(\.room).sorted(), weight: loads[id],
                stateGroups: IdentifierRange(group..<(group + groups)),
                authChains: IdentifierRange(chain..<(chain + chains)))
        }
    }
}
