// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

extension Plan {
    /// Reads what all event loads share: when each event came in, and where the sync component's rows of each range are.
    ///
    /// An event's JSON holds the key `"origin_server_ts":` once, as a rule: then PostgreSQL cuts the number out, which is
    /// cheaper than sending the text. Inside a string the key's last quote would be escaped, so what is found is a key.
    /// Where content has one more, the text is read here.
    ///
    /// - Throws: ``PostgresError``.
    mutating func readReceived(from source: inout Connection) throws {
        var received = ReceivedTimestamps(now: now)
        try read(
            """
            SELECT o.id, e.event_nid, coalesce(o.exclude_from_sync, false), \(Self.timestamp("o.headered_event_json")),
                   \(Self.text("o.headered_event_json"))
            FROM syncapi_output_room_events o JOIN roomserver_events e ON e.event_id = o.event_id
            """, &received, from: &source)
        if let late = streamOrdering.firstLateNID {
            try read(
                """
                SELECT NULL::int8, e.event_nid, false, \(Self.timestamp("j.event_json")), \(Self.text("j.event_json"))
                FROM roomserver_events e JOIN roomserver_event_json j USING (event_nid)
                WHERE e.event_nid >= \(late) AND \(raw: streamOrdering.isLate(event: "e"))
                      AND NOT EXISTS (SELECT 1 FROM syncapi_output_room_events o WHERE o.event_id = e.event_id)
                """, &received, from: &source)
        }
        try read(
            """
            SELECT s.id, 0::int8, false, \(Self.timestamp("i.invite_event_json")), \(Self.text("i.invite_event_json"))
            FROM \(Invitations.openFromAfar) i JOIN syncapi_invite_events s ON s.event_id = i.invite_event_id AND NOT s.deleted
            """, &received, from: &source)
        received.run()
        self.received = received
    }

    private mutating func read(
        _ query: SQL, _ received: inout ReceivedTimestamps, from source: inout Connection
    ) throws {
        var event = EventReader()
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                let syncID = fields.int64()
                let nid = fields.int64() ?? 0
                let isExcluded = fields.bool() ?? false
                if let syncID { note(syncID, of: nid) }
                let position = streamOrdering.position(of: nid, syncID: syncID, isExcluded: isExcluded, isLate: syncID == nil)
                guard position > 0 else { continue }
                if !fields.nextIsNull {
                    let cut = fields.bytesOrEmpty()
                    var end = 0
                    while end < cut.count, cut[end] &- UInt8(ascii: "0") < 10 { end += 1 }
                    if end > 0, let timestamp = JSONScanner.integer(cut, 0..<end) { received.add(timestamp, at: position) }
                } else {
                    _ = fields.bytesOrEmpty()
                    let json = fields.bytesOrEmpty()
                    // The load that reads the body will name what cannot be read.
                    if json.count > 0, (try? event.read(json, keepsEventID: true)) != nil {
                        received.add(event.originServerTimestamp, at: position)
                    }
                }
            }
        }
    }

    private mutating func note(_ syncID: Int64, of nid: Int64) {
        guard let id = EventRange.containing(nid, in: eventRanges)?.id else { return }
        let known = syncIDs[id] ?? syncID...syncID
        syncIDs[id] = min(known.lowerBound, syncID)...max(known.upperBound, syncID)
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
