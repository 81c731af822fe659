// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration
@testable import Partition

@Suite("Auth chains")
struct AuthChainsTests {
    private func event(_ number: Int, key: Int, auth: [Int]) -> StateEvent {
        StateEvent(
            nid: Int64(number), eventID: "$\(number)", depth: Int64(number), key: Int32(key), isFiledCorrectly: true,
            isRejected: false, membership: nil, authEvents: auth.map { StateEvent.reference(to: "$\($0)") })
    }

    private func graph(_ seed: Int, withCycles: Bool, withGaps: Bool) -> [StateEvent] {
        var random = SeededGenerator(seed)
        return (0..<(5 + random.below(50))).map { number in
            var auth = Set((0..<random.below(min(number, 5) + 1)).map { _ in random.below(number) })
            if withCycles, random.once(in: 15) { auth.insert(number + random.below(8)) }
            if withGaps, random.once(in: 20) { auth.insert(1_000) }
            return event(number, key: random.below(5), auth: Array(auth).shuffled(using: &random))
        }
    }

    /// What each event's auth events are, and theirs; nil where one of them is unknown or its own ancestor.
    private func closures(_ events: [StateEvent]) -> [Set<Int>?] {
        let numbers = Dictionary(uniqueKeysWithValues: (0...1_000).map { (StateEvent.reference(to: "$\($0)"), $0) })
        var closures = [Set<Int>?](repeating: nil, count: events.count)
        for _ in events {
            for (index, event) in events.enumerated() where closures[index] == nil {
                let auth = event.authEvents.map { numbers[$0] ?? -1 }
                let theirs = auth.map { events.indices.contains($0) ? closures[$0] : nil }
                if theirs.allSatisfy({ $0 != nil }) {
                    closures[index] = theirs.reduce(into: Set(auth)) { $0.formUnion($1 ?? []) }
                }
            }
        }
        return closures
    }

    /// What chains and links say: from a place one comes to all lower ones of its chain, and over their links to others.
    private func reachable(from place: AuthChains.Place, _ chains: AuthChains) -> Set<AuthChains.Place> {
        var reached: [Int64: Int64] = [:]
        var waiting = [place]
        while let next = waiting.popLast() {
            guard reached[next.chain, default: 0] < next.sequence else { continue }
            reached[next.chain] = next.sequence
            waiting += chains.links.filter { $0.origin.chain == next.chain && $0.origin.sequence <= next.sequence }.map(
                \.target)
        }
        var places = Set(chains.places.compactMap(\.self).filter { $0.sequence <= reached[$0.chain, default: 0] })
        places.remove(place)
        return places
    }

    @Test("say of every two events whether one authorises the other", arguments: 0..<60)
    func closure(seed: Int) {
        for (withCycles, withGaps) in [(false, false), (true, false), (false, true), (true, true)] {
            let events = graph(seed, withCycles: withCycles, withGaps: withGaps)
            var identifiers = IdentifierRange(7..<1_000).cursor()
            let chains = AuthChains(of: events, identifiers: &identifiers)
            for (index, closure) in closures(events).enumerated() {
                // Only what hangs on an unknown event or on itself has no place.
                #expect((chains.places[index] == nil) == (closure == nil))
                guard let place = chains.places[index], let closure else { continue }
                #expect(reachable(from: place, chains) == Set(closure.compactMap { chains.places[$0] }))
            }
            let places = chains.places.compactMap(\.self)
            #expect(Set(places).count == places.count)
            #expect(Set(chains.links).count == chains.links.count)
            #expect(chains.links.allSatisfy { $0.origin.chain != $0.target.chain })
            let used = Set(places.map(\.chain)).count
            #expect(identifiers.take() == 7 + Int64(used), "what is left is given back")
        }
    }

    @Test("pass over unknown auth events of stored events where they may, and over nothing else")
    func unknown() {
        let events = [
            event(1, key: 0, auth: []), event(2, key: 1, auth: [1, 1_000]), event(3, key: 2, auth: [2]),
            event(0, key: 3, auth: [1, 1_000]), event(5, key: 4, auth: [5]),
        ]
        var identifiers = IdentifierRange(1..<10).cursor()
        let strict = AuthChains(of: events, identifiers: &identifiers)
        #expect(strict.places.map { $0 != nil } == [true, false, false, false, false])
        let chains = AuthChains(of: events, passesOverUnknown: true, identifiers: &identifiers)
        #expect(chains.places.map { $0 != nil } == [true, true, true, false, false])
        if let last = chains.places[2] {
            #expect(reachable(from: last, chains) == Set(chains.places[0...1].compactMap(\.self)))
        }
    }

    @Test("do not need events in order")
    func disorder() {
        let events = [event(0, key: 2, auth: [1, 2]), event(1, key: 1, auth: [2]), event(2, key: 0, auth: [])]
        var identifiers = IdentifierRange(1..<10).cursor()
        let chains = AuthChains(of: events, identifiers: &identifiers)
        #expect(chains.places.allSatisfy { $0 != nil })
        #expect(chains.links.count == 2, "the create event is covered by the other auth event")
    }

    @Test("follow the event that had the same key, once")
    func forks() {
        let events = [
            event(0, key: 0, auth: []), event(1, key: 1, auth: [0]), event(2, key: 1, auth: [0, 1]),
            event(3, key: 1, auth: [0, 1]),
        ]
        var identifiers = IdentifierRange(1..<10).cursor()
        let places = AuthChains(of: events, identifiers: &identifiers).places.map { [$0?.chain, $0?.sequence] }
        #expect(places == [[1, 1], [2, 1], [2, 2], [3, 1]])
    }
}
