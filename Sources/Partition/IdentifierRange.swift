// SPDX-License-Identifier: Apache-2.0

/// Identifiers set apart from one of the target's sequences for one partition.
public struct IdentifierRange: Sendable, Hashable, Codable {
    /// The identifiers that only this partition may give out; the last ones may stay unused.
    public let bounds: Range<Int64>

    init(_ bounds: Range<Int64>) {
        self.bounds = bounds
    }

    /// Gives the identifiers out, lowest first; each run of a partition gets the same ones.
    public func cursor() -> Cursor { Cursor(next: bounds.lowerBound, end: bounds.upperBound) }

    /// The identifiers of a range that are not given out yet.
    public struct Cursor: Sendable {
        private var next: Int64
        private let end: Int64

        init(next: Int64, end: Int64) {
            self.next = next
            self.end = end
        }

        /// The next identifier; nil when the range is used up, so that it can never run into another partition's.
        public mutating func take() -> Int64? {
            guard next < end else { return nil }
            defer { next += 1 }
            return next
        }
    }
}
