// SPDX-License-Identifier: Apache-2.0

/// A range of `event_nid`s whose events' bodies are loaded together: rooms are no matter to a body, and this is the
/// order in which reading is cheapest, so a giant room is split like any other.
public struct EventRange: Sendable, Hashable, Codable, Identifiable {
    /// Its place among the ranges, the lowest first, from 0; part of the id of its load: "events/0".
    public let id: Int
    /// The `event_nid`s, not each of which has an event.
    public let bounds: Range<Int64>
    /// How many events to expect.
    public let weight: Int

    init(id: Int, bounds: Range<Int64>, weight: Int) {
        self.id = id
        self.bounds = bounds
        self.weight = weight
    }

    /// Cuts all numbers from `lowest` to `highest` into ranges of about `size` events each.
    ///
    /// - Parameters:
    ///   - lowest: the lowest `event_nid`.
    ///   - highest: the highest `event_nid`.
    ///   - count: how many events there are; the numbers have gaps.
    ///   - size: events that one range should have.
    public static func cut(lowest: Int64, highest: Int64, count: Int, size: Int) -> [EventRange] {
        guard count > 0, lowest <= highest else { return [] }
        let parts = max(1, (count + size - 1) / max(size, 1))
        let span = highest - lowest + 1
        func bound(_ part: Int) -> Int64 {
            // Numbers and parts multiplied may need more than 64 bits.
            let product = span.magnitude.multipliedFullWidth(by: UInt64(part))
            return lowest + Int64(UInt64(parts).dividingFullWidth(product).quotient)
        }
        return (0..<parts).compactMap { part in
            let (start, end) = (bound(part), bound(part + 1))
            return start < end ? EventRange(id: part, bounds: start..<end, weight: (count + parts - 1) / parts) : nil
        }
    }
}
