// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration
@testable import Partition

@Suite("State groups")
struct StateGroupsTests {
    /// A room whose snapshots are anything that Dendrite may have stored, and worse.
    private struct Server {
        var events: [StateEvent] = []
        var blocks: [Int64: [Int64]] = [:]
        var snapshots: [Int64: [Int64]] = [:]
        let keys = 9

        init(seed: Int) {
            var random = SeededGenerator(seed)
            let count = 10 + random.below(40)
            let misfiled = random.once(in: 2)
            events = (1...count).map { number in
                StateEvent(
                    nid: Int64(number), eventID: "$\(number)", depth: Int64(number), key: Int32(random.below(keys)),
                    isFiledCorrectly: !misfiled || !random.once(in: 4), isRejected: false, membership: nil,
                    authEvents: [])
            }
            for block in Int64(1)...30 {
                var nids = Set((0..<(random.once(in: 3) ? 6 : 1)).map { _ in Int64(random.below(count) + 1) })
                if random.once(in: 10) { nids.insert(Int64(count + 5)) }
                blocks[block] = nids.sorted()
            }
            var list: [Int64] = []
            for snapshot in Int64(1)...60 {
                switch random.below(10) {
                case 0: list = (0..<random.below(6)).map { _ in Int64(random.below(32)) }.shuffled(using: &random)
                case 1: list = Array(list.prefix(random.below(list.count + 1)))
                case 2: list = (snapshots[Int64(random.below(Int(snapshot)))] ?? [])
                default: list.append(Int64(random.below(30) + 1))
                }
                if list.count > 12 { list.removeFirst(6) }
                snapshots[snapshot] = list
            }
        }

        /// Blocks ascending; a later entry wins unless it is filed wrong and the earlier one is not.
        func state(_ snapshot: Int64) -> [Int32: Int32] {
            var state: [Int32: Int32] = [:]
            for block in Set(snapshots[snapshot] ?? []).sorted() {
                for nid in blocks[block] ?? [] {
                    guard let index = events.firstIndex(where: { $0.nid == nid }) else { continue }
                    let event = events[index]
                    if let before = state[event.key], events[Int(before)].isFiledCorrectly, !event.isFiledCorrectly {
                        continue
                    }
                    state[event.key] = Int32(index)
                }
            }
            return state
        }
    }

    @Test("hold exactly the state of each snapshot, and after a state event that event besides", arguments: 0..<40)
    func anyHistory(block: Int) throws {
        for seed in (block * 10)..<(block * 10 + 10) {
            let server = Server(seed: seed)
            var random = SeededGenerator(~seed)
            var snapshots = RoomSnapshots(
                events: server.events, keys: server.keys,
                blocksOfSnapshot: server.snapshots.mapValues(PackedNumbers.init),
                emptySnapshots: [],
                eventsOfBlock: server.blocks.mapValues(PackedNumbers.init),
                identifiers: IdentifierRange(100..<1_000).cursor())
            let written = WrittenStateGroups()
            var groupOfState: [[Int32: Int32]: Int64] = [:]
            for _ in 0..<150 {
                // 61 and more do not exist: the empty state.
                let snapshot = Int64(random.below(64))
                let event = random.once(in: 2) ? Int32(random.below(server.events.count)) : nil
                var expected = server.state(snapshot)
                let before = try snapshots.group(
                    before: snapshot, needsState: event != nil || random.once(in: 5), written.write)
                #expect(written.state(before.id) == expected, "seed \(seed), snapshot \(snapshot)")
                #expect(groupOfState[expected, default: before.id] == before.id, "seed \(seed)")
                groupOfState[expected] = before.id
                guard let event else { continue }
                for key in 0..<Int32(server.keys) { #expect(snapshots.current(key) == expected[key], "seed \(seed)") }
                expected[server.events[Int(event)].key] = event
                let after = try snapshots.group(after: event, written.write)
                #expect(written.state(after.id) == expected, "seed \(seed), after \(event)")
                #expect(groupOfState[expected, default: after.id] == after.id, "seed \(seed)")
                groupOfState[expected] = after.id
            }
            #expect(!written.isBroken)
            #expect(Set(written.groups.keys) == Set(100..<(100 + Int64(written.groups.count))), "ids without gaps")
            for id in written.groups.keys { #expect(written.chain(id).count <= 100) }
        }
    }

    @Test("of a linear history are one entry each, but for a full one after every hundred")
    func linear() throws {
        let events = (0..<1_000).map { number in
            StateEvent(
                nid: Int64(number + 1), eventID: "$\(number)", depth: Int64(number), key: Int32(number % 300),
                isFiledCorrectly: true,
                isRejected: false, membership: nil, authEvents: [])
        }
        // As Dendrite writes them: the state before an event is one block more than that before its parent.
        var (blocks, lists): ([Int64: [Int64]], [Int64: [Int64]]) = ([:], [:])
        for nid in Int64(1)...1_000 { (blocks[nid], lists[nid]) = ([nid], Array(1..<nid)) }
        var snapshots = RoomSnapshots(
            events: events, keys: 300, blocksOfSnapshot: lists.mapValues(PackedNumbers.init), emptySnapshots: [],
            eventsOfBlock: blocks.mapValues(PackedNumbers.init),
            identifiers: IdentifierRange(1..<3_000).cursor())
        let written = WrittenStateGroups()
        for index in Int32(0)..<1_000 {
            let before = try snapshots.group(before: Int64(index) + 1, needsState: true, written.write)
            let after = try snapshots.group(after: index, written.write)
            #expect(before.id == Int64(index) + 1 && after.id == before.id + 1)
        }
        #expect(written.groups.count == 1_001)
        let full = written.groups.values.filter { $0.previous == nil }
        #expect(full.count == 11)
        #expect(written.groups.values.filter { $0.previous != nil }.allSatisfy { $0.entries.count == 1 })
        #expect(snapshots.strayEntries == 0 && snapshots.misfiledEntries == 0)
    }

    @Test(
        "of a large state are seldom full: where a chain ends, the next begins with what changed since the last full one"
    )
    func large() throws {
        let keys = Int32(3_000)
        var groups = StateGroups(keys: Int(keys), identifiers: IdentifierRange(1..<9_000).cursor())
        let written = WrittenStateGroups()
        var expected: [Int32: Int32] = [:]
        func set(_ key: Int32, to event: Int32) {
            groups.set(key, to: event)
            expected[key] = event
        }
        for key in 0..<keys { set(key, to: key) }
        _ = try groups.group(written.write)
        for change in 0..<keys / 2 {
            set(change, to: keys + change)
            let group = try groups.group(written.write)
            if change % 97 == 0 || written.groups[group.id]?.entries.count != 1 {
                #expect(written.state(group.id) == expected)
                #expect(written.chain(group.id).count <= 100)
            }
        }
        #expect(!written.isBroken)
        // A change of up to a fifth is small, 600 keys; chains end at 595, 694, 1289 and 1388 changes.
        #expect(written.groups.values.count { $0.previous == nil } == 3)
        #expect(written.groups.values.reduce(0) { $0 + $1.entries.count } < 5 * Int(keys))
    }

    @Test("hold the state that they were made for, whatever was set, cleared and set back before", arguments: 0..<20)
    func anyChanges(seed: Int) throws {
        var random = SeededGenerator(seed)
        var groups = StateGroups(keys: 60, identifiers: IdentifierRange(1..<3_000).cursor())
        let written = WrittenStateGroups()
        var expected: [Int32: Int32] = [:]
        for _ in 0..<1_000 {
            for _ in 0...(random.once(in: 20) ? 9 : 0) {
                let key = Int32(random.below(random.once(in: 3) ? 60 : 8))
                let event = random.once(in: 100) ? -1 : Int32(random.below(9))
                groups.set(key, to: event)
                expected[key] = event < 0 ? nil : event
            }
            let group = try groups.group(written.write)
            #expect(written.state(group.id) == expected, "seed \(seed)")
            #expect(written.chain(group.id).count <= 100, "seed \(seed)")
        }
        #expect(!written.isBroken, "seed \(seed)")
    }

    @Test("cannot run out into those of another partition")
    func exhausted() throws {
        var groups = StateGroups(keys: 4, identifiers: IdentifierRange(5..<7).cursor())
        for event in Int32(0)..<2 {
            groups.set(0, to: event)
            _ = try groups.group { _ in }
        }
        groups.set(0, to: 2)
        #expect(throws: StateGroups.OutOfIdentifiers.self) { _ = try groups.group { _ in } }
    }
}
