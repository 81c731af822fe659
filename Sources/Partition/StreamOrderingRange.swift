// SPDX-License-Identifier: Apache-2.0

/// The stream orderings that one kind of events may have: the four ranges of a migration touch, but never overlap.
public struct StreamOrderingRange: Sendable, Hashable, Codable {
    /// What kind of events lies in a range, from the lowest to the highest.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Outliers, rejected and soft-failed events, redactions without effect: no client may be shown them as new.
        case unseen
        /// History that was fetched when somebody scrolled up.
        case backfilled
        /// What clients saw in /sync, and open invitations from other servers.
        case live
        /// Accepted events that had not reached the sync component when the old server stopped.
        case late
    }

    let kind: Kind
    /// The lowest and the highest number; there are numbers between them that no event has.
    public let bounds: ClosedRange<Int64>

    init(kind: Kind, bounds: ClosedRange<Int64>) {
        self.kind = kind
        self.bounds = bounds
    }

    /// The four ranges of a server, in ascending order.
    ///
    /// Below them lie invitations from other servers that have no number.
    ///
    /// - Parameters:
    ///   - highestSyncID: the highest number of a timeline event or invitation.
    ///   - highestEventNID: the highest `event_nid`.
    ///   - firstLateNID: the lowest `event_nid` that the sync component had not got to.
    public static func ranges(
        highestSyncID: Int64, highestEventNID: Int64, firstLateNID: Int64? = nil
    ) -> [StreamOrderingRange] {
        let lowestUnseen = -(highestEventNID + highestSyncID + 2)
        var ranges = [
            StreamOrderingRange(kind: .unseen, bounds: lowestUnseen...(-(highestSyncID + 2))),
            StreamOrderingRange(kind: .backfilled, bounds: -(highestSyncID + 1)...(-1)),
            StreamOrderingRange(kind: .live, bounds: 0...highestSyncID),
        ]
        if let firstLateNID, firstLateNID <= highestEventNID {
            let last = highestSyncID + 1 + highestEventNID - firstLateNID
            ranges.append(StreamOrderingRange(kind: .late, bounds: (highestSyncID + 1)...last))
        }
        return ranges
    }
}
