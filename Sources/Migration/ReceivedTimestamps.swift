// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// The `received_ts` of every event above zero: the latest `origin_server_ts` of all events up to it.
///
/// Dendrite does not know when an event came in. Synapse finds positions by time with a binary search over
/// `received_ts`, so that must never fall along the stream. Eight bytes for each number of the sequence.
struct ReceivedTimestamps: Sendable {
    /// `latest[n]` belongs to stream ordering `first + n`.
    private let latest: [Int64]
    private let first: Int64

    /// ms; nil below zero, where an event's own time serves.
    func at(_ streamOrdering: Int64) -> Int64? {
        guard streamOrdering > 0, streamOrdering >= first, streamOrdering - first < latest.count else { return nil }
        return latest[Int(streamOrdering - first)]
    }

    /// Makes the running maximum of events' times, given in any order.
    ///
    /// - Parameter now: no event came in later than this; ms.
    init(_ times: [(streamOrdering: Int64, timestamp: Int64)], now: Int64) {
        var lowest = Int64.max
        var highest = Int64.min
        for time in times where time.streamOrdering > 0 {
            lowest = min(lowest, time.streamOrdering)
            highest = max(highest, time.streamOrdering)
        }
        guard lowest <= highest else {
            (latest, first) = ([], 1)
            return
        }
        var running = [Int64](repeating: 0, count: Int(highest - lowest) + 1)
        for time in times where time.streamOrdering > 0 {
            running[Int(time.streamOrdering - lowest)] = min(time.timestamp, now)
        }
        for index in running.indices.dropFirst() { running[index] = max(running[index], running[index - 1]) }
        (latest, first) = (running, lowest)
    }

    /// Reads the times of all events that are above zero.
    ///
    /// An event's JSON holds the key `"origin_server_ts":` once, as a rule: then PostgreSQL cuts the number out, which is
    /// cheaper than sending the text. Inside a string the key's last quote would be escaped, so what is found is a key.
    /// Where content has one more, the text is read here.
    ///
    /// - Throws: ``PostgresError``.
    static func read(_ streamOrdering: StreamOrdering, now: Int64, from source: inout Connection) throws -> Self {
        var times: [(streamOrdering: Int64, timestamp: Int64)] = []
        func add(_ query: SQL) throws {
            try source.copyOut(query) { reader in
                var event = EventReader()
                while let row = try reader.next() {
                    var fields = row.fields
                    guard let position = fields.int64() else { continue }
                    if let cut = fields.bytesOrNull() {
                        var end = 0
                        while end < cut.count, cut[end] &- 48 < 10 { end += 1 }
                        if end > 0, let timestamp = JSONScanner.integer(cut, 0..<end) { times.append((position, timestamp)) }
                    } else if let json = fields.bytesOrNull() {
                        do throws(JSONFault) {
                            try event.read(json, keepsEventID: true)
                            times.append((position, event.originServerTimestamp))
                        } catch { continue }  // The load that reads its body will name it.
                    }
                }
            }
        }
        let live = streamOrdering.gapFillers.isEmpty
            ? SQL(raw: "NOT coalesce(o.exclude_from_sync, false)")
            : "(NOT coalesce(o.exclude_from_sync, false) OR o.id = ANY (\(streamOrdering.gapFillers)))"
        try add(
            """
            SELECT o.id, \(Self.timestamp("o.headered_event_json")), \(Self.text("o.headered_event_json"))
            FROM syncapi_output_room_events o JOIN roomserver_events e ON e.event_id = o.event_id WHERE \(live)
            """)
        if let late = streamOrdering.firstLateNID {
            let position = SQL(raw: "e.event_nid - \(late) + \(streamOrdering.highestSyncID + 1)")
            try add(
                """
                SELECT \(position), \(Self.timestamp("j.event_json")), \(Self.text("j.event_json"))
                FROM roomserver_events e JOIN roomserver_event_json j USING (event_nid)
                WHERE e.event_nid >= \(late) AND \(raw: streamOrdering.isLate(event: "e"))
                      AND NOT EXISTS (SELECT 1 FROM syncapi_output_room_events o WHERE o.event_id = e.event_id)
                """)
        }
        try add(
            """
            SELECT s.id, \(Self.timestamp("i.invite_event_json")), \(Self.text("i.invite_event_json"))
            FROM \(Invitations.openFromAfar) i JOIN syncapi_invite_events s ON s.event_id = i.invite_event_id AND NOT s.deleted
            """)
        return ReceivedTimestamps(times, now: now)
    }

    private static let key = #"'"origin_server_ts":'"#

    private static func timestamp(_ column: String) -> SQL {
        SQL(raw:
            """
            CASE WHEN split_part(\(column), \(key), 3) = '' AND split_part(\(column), \(key), 2) <> ''
            THEN left(split_part(\(column), \(key), 2), 20) END
            """)
    }

    private static func text(_ column: String) -> SQL {
        SQL(raw: "CASE WHEN split_part(\(column), \(key), 3) <> '' THEN \(column) END")
    }
}
