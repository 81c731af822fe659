// SPDX-License-Identifier: Apache-2.0
import Partition
import Postgres

/// Which `stream_ordering` each of Dendrite's events gets: a function of the numbers that Dendrite gave, not a table.
///
/// Clients hold Dendrite's sync tokens, and Synapse reads them as its own, so an event of a live timeline keeps its
/// `syncapi_output_room_events.id`. Everything else gets numbers that no client can be shown as new. With M the highest
/// number of that sequence and N the highest `event_nid`:
///
/// | event | stream_ordering |
/// |---|---|
/// | live, or state that filled a gap below a live event | its id |
/// | accepted and sent, but the sync component had not got there | M + 1 and up, in order of `event_nid` |
/// | backfilled history | id − (M + 1): below zero, the newest highest |
/// | outliers, rejected, soft-failed, redactions without effect | `event_nid` − (N + M + 2): below all of those |
///
/// So a rerun, another worker, or another host gives each event the same number without asking anybody.
struct StreamOrdering: Sendable, Hashable, Codable {
    /// M: above it lie no timeline events and no invites.
    var highestSyncID: Int64
    /// N.
    var highestEventNID: Int64
    /// Ids of events left out of /sync from which a later live event descends, ascending.
    var gapFillers: [Int64]
    /// The lowest `event_nid` that the sync component had not got to; nil if it had got to all.
    var firstLateNID: Int64?
    /// Snapshots that events name but that do not exist.
    var danglingSnapshots: [Int64]

    init(
        highestSyncID: Int64, highestEventNID: Int64, gapFillers: [Int64] = [], firstLateNID: Int64? = nil,
        danglingSnapshots: [Int64] = []
    ) {
        self.highestSyncID = highestSyncID
        self.highestEventNID = highestEventNID
        self.gapFillers = gapFillers
        self.firstLateNID = firstLateNID
        self.danglingSnapshots = danglingSnapshots
    }

    /// The ranges that the numbers lie in; no two of them touch the same number.
    var ranges: [StreamOrderingRange] {
        StreamOrderingRange.ranges(
            highestSyncID: highestSyncID, highestEventNID: highestEventNID, firstLateNID: firstLateNID)
    }

    /// The condition that an event of `roomserver_events` (`event`) without a row in the sync component's table was
    /// accepted and sent, so clients have yet to see it.
    ///
    /// Redactions reach clients by another way.
    static func isLate(event: String) -> String {
        """
        (\(event).sent_to_output AND NOT \(event).is_rejected AND \(event).state_snapshot_nid <> 0 \
        AND (\(event).event_type_nid <> \(EventTypeNID.redaction) OR \(event).event_state_key_nid <> 0))
        """
    }

    /// The stream_ordering as an SQL expression (bigint).
    ///
    /// - Parameters:
    ///   - event: alias of a `roomserver_events` row.
    ///   - sync: alias of its `syncapi_output_room_events` row, joined from the left by `event_id`.
    func sql(event: String, sync: String) -> SQL {
        let live =
            gapFillers.isEmpty
            ? "NOT coalesce(\(sync).exclude_from_sync, false)"
            : "(NOT coalesce(\(sync).exclude_from_sync, false) OR \(sync).id = ANY (\(literal(gapFillers))))"
        let late =
            firstLateNID.map {
                "WHEN \(Self.isLate(event: event)) THEN \(event).event_nid - \($0) + \(highestSyncID + 1) "
            } ?? ""
        // Not a literal of type SQL, which would quote the names as values.
        let expression: String = """
            (CASE WHEN \(sync).id IS NOT NULL THEN CASE WHEN \(live) THEN \(sync).id \
            ELSE \(sync).id - \(highestSyncID + 1) END \
            \(late)ELSE \(event).event_nid - \(highestEventNID + highestSyncID + 2) END)::int8
            """
        return SQL(raw: expression)
    }

    /// The stream_ordering of one event whose two numbers are known.
    func position(of nid: Int64, syncID: Int64?, isExcluded: Bool, isLate: Bool) -> Int64 {
        if let syncID {
            return !isExcluded || contains(gapFiller: syncID) ? syncID : syncID - (highestSyncID + 1)
        }
        if isLate, let firstLateNID { return nid - firstLateNID + highestSyncID + 1 }
        return nid - (highestEventNID + highestSyncID + 2)
    }

    /// Invitations from afar that have no number of the sequence lie below all other events.
    func unnumberedInvitation(_ rank: Int64) -> Int64 { -(highestEventNID + highestSyncID + 2) - rank }

    private func contains(gapFiller id: Int64) -> Bool {
        var low = 0
        var high = gapFillers.count
        while low < high {
            let middle = (low + high) / 2
            if gapFillers[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < gapFillers.count && gapFillers[low] == id
    }

    private func literal(_ values: [Int64]) -> String {
        "'{" + values.map(String.init).joined(separator: ",") + "}'::int8[]"
    }
}
