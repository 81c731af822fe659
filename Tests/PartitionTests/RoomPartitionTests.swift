// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Partition

@Suite("Room partitions")
struct RoomPartitionTests {
    private func rooms(_ seed: Int) -> (rooms: [RoomWeight], count: Int) {
        var random = SeededGenerator(seed)
        let rooms = (0..<Int.random(in: 0...200, using: &random)).map { number in
            // Few rooms are big: sizes spread over five orders of magnitude.
            let events = Int.random(in: 0...(1 << Int.random(in: 0...17, using: &random)), using: &random)
            return RoomWeight(
                room: Int64(number * 3 + 1), events: events, stateEvents: Int.random(in: 0...events, using: &random))
        }
        return (rooms.shuffled(using: &random), Int.random(in: 1...40, using: &random))
    }

    @Test("hold every room once", arguments: 0..<60)
    func everyRoomOnce(seed: Int) {
        let (rooms, count) = rooms(seed)
        let partitions = RoomPartition.balanced(rooms, into: count)
        #expect(partitions.flatMap(\.rooms).sorted() == rooms.map(\.room).sorted())
        #expect(partitions.count == min(count, rooms.count))
        #expect(Set(partitions.map(\.id)).count == partitions.count)
        #expect(partitions.allSatisfy { $0.rooms == $0.rooms.sorted() })
    }

    @Test("weigh no more than the mean and the heaviest room together", arguments: 0..<60)
    func balance(seed: Int) {
        let (rooms, count) = rooms(seed)
        let partitions = RoomPartition.balanced(rooms, into: count)
        let total = rooms.reduce(0) { $0 + $1.weight }
        #expect(partitions.reduce(0) { $0 + $1.weight } == total)
        guard let heaviest = rooms.map(\.weight).max() else { return }
        #expect(partitions.allSatisfy { $0.weight <= total / partitions.count + heaviest })
    }

    @Test(
        "have ranges that touch, never overlap, and are long enough for all that their rooms can make",
        arguments: 0..<60)
    func ranges(seed: Int) {
        let (rooms, count) = rooms(seed)
        let byNumber = Dictionary(uniqueKeysWithValues: rooms.map { ($0.room, $0) })
        let partitions = RoomPartition.balanced(rooms, into: count, firstStateGroup: 17, firstAuthChain: 1_000)
        var (group, chain): (Int64, Int64) = (17, 1_000)
        for partition in partitions {
            #expect(partition.stateGroups.bounds.lowerBound == group)
            #expect(partition.authChains.bounds.lowerBound == chain)
            (group, chain) = (partition.stateGroups.bounds.upperBound, partition.authChains.bounds.upperBound)
            let members = partition.rooms.compactMap { byNumber[$0] }
            #expect(partition.stateGroups.bounds.count >= members.reduce(0) { $0 + $1.events + $1.stateEvents })
            #expect(partition.authChains.bounds.count >= members.reduce(0) { $0 + $1.events })
        }
    }

    @Test("do not depend on the order in which rooms are given", arguments: 0..<50)
    func order(seed: Int) {
        let (rooms, count) = rooms(seed)
        #expect(
            RoomPartition.balanced(rooms, into: count)
                == RoomPartition.balanced(rooms.sorted { $0.room < $1.room }, into: count))
    }
}
