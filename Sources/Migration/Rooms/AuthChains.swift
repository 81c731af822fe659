// SPDX-License-Identifier: Apache-2.0
import Partition

/// Covers a room's auth graph with chains, so that Synapse can tell whether one event authorises another by comparing
/// two numbers (Synapse's documentation, "auth chain difference algorithm").
///
/// An event follows the auth event that has its own type and state key, if nobody else did; otherwise it begins a
/// chain. Links lead to auth events in other chains, less those that another auth event leads to.
struct AuthChains: Sendable {
    struct Place: Sendable, Hashable {
        let chain: Int64
        let sequence: Int64
    }

    struct Link: Sendable, Hashable {
        let origin: Place
        let target: Place
    }

    /// By index of the event; nil for those whose auth events are not all known.
    private(set) var places: [Place?]
    private(set) var links: [Link] = []
    private var taken: Set<Place> = []
    /// By origin chain and target chain: (origin sequence, target sequence), rising.
    private var linked: [Pair: [(origin: Int64, target: Int64)]] = [:]

    private struct Pair: Hashable {
        let origin: Int64
        let target: Int64
    }

    /// Gives the state events of a room their places in chains, and links the chains.
    ///
    /// - Parameters:
    ///   - events: all state events of a room, in an order in which events come after their auth events where that
    ///     is possible.
    ///   - passesOverUnknown: whether an event that is stored gets a place also where some of its auth events are not known.
    ///   - identifiers: where chain ids come from; what is left is given back.
    init(
        of events: [StateEvent], passesOverUnknown: Bool = false, identifiers: inout IdentifierRange.Cursor
    ) {
        places = Array(repeating: nil, count: events.count)
        // The first of several counts.
        var indexes: [Int: Int] = [:]
        indexes.reserveCapacity(events.count)
        for index in events.indices.reversed() { indexes[StateEvent.reference(to: events[index].eventID)] = index }
        var waiting = Array(events.indices)
        while true {
            var left: [Int] = []
            for index in waiting {
                var auth = events[index].authEvents.map { indexes[$0] }
                if passesOverUnknown, events[index].nid != 0 { auth.removeAll { $0 == nil } }
                if auth.allSatisfy({ $0.map { places[$0] != nil } ?? false }) {
                    guard place(index, auth.compactMap(\.self), events, &identifiers) else { return }
                } else if auth.allSatisfy({ $0 != nil }) {
                    left.append(index)
                }
            }
            if left.count == waiting.count || left.isEmpty { return }
            waiting = left
        }
    }

    private mutating func place(
        _ index: Int, _ auth: [Int], _ events: [StateEvent], _ identifiers: inout IdentifierRange.Cursor
    ) -> Bool {
        let authPlaces = auth.compactMap { places[$0] }
        var spot: Place?
        if let same = auth.first(where: { events[$0].key == events[index].key }), let before = places[same] {
            let next = Place(chain: before.chain, sequence: before.sequence + 1)
            if !taken.contains(next) { spot = next }
        }
        if spot == nil {
            guard let chain = identifiers.take() else { return false }
            spot = Place(chain: chain, sequence: 1)
        }
        guard let spot else { return false }
        places[index] = spot
        taken.insert(spot)
        for target in Set(authPlaces) where target.chain != spot.chain {
            let isCovered = authPlaces.contains { $0 != target && reaches(from: $0, to: target) }
            if !isCovered { link(spot, target) }
        }
        return true
    }

    private mutating func link(_ origin: Place, _ target: Place) {
        links.append(Link(origin: origin, target: target))
        linked[Pair(origin: origin.chain, target: target.chain), default: []].append((origin.sequence, target.sequence))
    }

    /// Whether one link or none leads there; a longer way may exist, and then one link too many is written.
    private func reaches(from place: Place, to target: Place) -> Bool {
        if place.chain == target.chain { return place.sequence >= target.sequence }
        guard let ways = linked[Pair(origin: place.chain, target: target.chain)] else { return false }
        return ways.contains { $0.origin <= place.sequence && $0.target >= target.sequence }
    }
}
