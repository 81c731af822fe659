// SPDX-License-Identifier: Apache-2.0
import Partition

/// What all loads of events share of the sync component's knowledge.
struct EventTimeline: Sendable {
    /// When each event came in.
    var received: ReceivedTimestamps
    /// By id of an event range: between which numbers of the sync component its events lie.
    var syncIDs: [Int: ClosedRange<Int64>] = [:]
    /// Ids of the sync component's rows whose transaction a later event has, too.
    var repeatedTransactions: [Int64] = []
    /// By `session_id`.
    var sendingDevices: [Int64: SendingDevice] = [:]

    /// Says that no device is there in Synapse: rows that refer to one could not stay.
    mutating func leaveDevicesOut() {
        sendingDevices = sendingDevices.mapValues { $0.leftOut }
    }

    /// Notes which number an event of a range has.
    mutating func note(_ syncID: Int64, of nid: Int64, in ranges: [EventRange]) {
        guard let id = EventRange.containing(nid, in: ranges)?.id else { return }
        let known = syncIDs[id] ?? syncID...syncID
        syncIDs[id] = min(known.lowerBound, syncID)...max(known.upperBound, syncID)
    }
}
