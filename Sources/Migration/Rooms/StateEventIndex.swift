// SPDX-License-Identifier: Apache-2.0

/// Finds a room's state events by their `event_nid`.
///
/// Blocks of state list their events in ascending order, and a block of a large room has thousands: so each search begins
/// where the last one ended, and most end after a step or two. A dictionary would go to memory for each.
struct StateEventIndex: Sendable {
    /// `event_nid`s, ascending.
    private let nids: [Int64]
    /// For each of them the place of its event.
    private let places: [Int32]
    private var cursor = 0

    /// Sorts a room's state events by their numbers.
    ///
    /// - Parameter events: the room's state events, in any order; of several with one number the first counts.
    init(_ events: [StateEvent]) {
        let sorted = events.indices.sorted { (events[$0].nid, $0) < (events[$1].nid, $1) }
        nids = sorted.map { events[$0].nid }
        places = sorted.map(Int32.init)
    }

    /// The place of a state event; nil if the room has none of that number.
    mutating func place(of nid: Int64) -> Int32? {
        var (low, high) = (0, nids.count)
        if cursor < nids.count, nids[cursor] < nid {
            // In steps that double, until the number has been passed.
            var step = 1
            low = cursor + 1
            while low + step < high, nids[low + step] < nid {
                low += step
                step *= 2
            }
            high = min(high, low + step + 1)
        } else if cursor < nids.count {
            high = cursor + 1
        }
        // The first that is not smaller, so that of equal ones the first is found.
        while low < high {
            let middle = (low + high) / 2
            if nids[middle] < nid { low = middle + 1 } else { high = middle }
        }
        cursor = low
        return low < nids.count && nids[low] == nid ? places[low] : nil
    }
}
