// SPDX-License-Identifier: Apache-2.0

/// How many events there are and the sum of their ids' hashes of 64 bits: two sets for which they are alike are the same but
/// once in 2^64 servers.
struct EventSum: Equatable {
    private var count: Int64 = 0
    private var hashes: Int128 = 0

    init() {}

    /// A sum as PostgreSQL has made it.
    ///
    /// - Parameters:
    ///   - count: `count(*)`.
    ///   - hashes: PostgreSQL's `sum(hashtextextended(event_id, 0))`; nil where nothing was added.
    init(count: Int64?, hashes: String?) {
        self.count = count ?? 0
        self.hashes = hashes.flatMap { Int128($0) } ?? 0
    }

    mutating func add(_ other: EventSum) {
        count += other.count
        hashes += other.hashes
    }
}
