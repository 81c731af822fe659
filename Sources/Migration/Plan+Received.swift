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
            SELECT o.id, e.event_nid, coalesce(o.exclude_from_sync, false), cut.time, cut.text
            FROM syncapi_output_room_events o JOIN roomserver_events e ON e.event_id = o.event_id
                 \(Self.cut("o.headered_event_json"))
            """, &received, from: &source)
        if let late = streamOrdering.firstLateNID {
            try read(
                """
                SELECT NULL::int8, e.event_nid, false, cut.time, cut.text
                FROM roomserver_events e JOIN roomserver_event_json j USING (event_nid) \(Self.cut("j.event_json"))
                WHERE e.event_nid >= \(late) AND \(raw: streamOrdering.isLate(event: "e"))
                      AND NOT EXISTS (SELECT 1 FROM syncapi_output_room_events o WHERE o.event_id = e.event_id)
                """, &received, from: &source)
        }
        try read(
            """
            SELECT s.id, 0::int8, false, cut.time, cut.text
            FROM \(Invitations.openFromAfar) i JOIN syncapi_invite_events s ON s.event_id = i.invite_event_id AND NOT s.deleted
                 \(Self.cut("i.invite_event_json"))
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
                let position = streamOrdering.position(
                    of: nid, syncID: syncID, isExcluded: isExcluded, isLate: syncID == nil)
                guard position > 0 else { continue }
                if !fields.nextIsNull {
                    let cut = fields.bytesOrEmpty()
                    var end = 0
                    while end < cut.count, cut[end] &- UInt8(ascii: "0") < 10 { end += 1 }
                    if end > 0, let timestamp = JSONScanner.integer(cut, 0..<end) {
                        received.add(timestamp, at: position)
                    }
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

    /// Cuts what follows the key out of a text, for FROM: `cut.time` begins with the number, or is NULL and `cut.text`
    /// is the whole text, because the key comes twice or something else follows it.
    ///
    /// OFFSET has the text searched once.
    private static func cut(_ column: String) -> SQL {
        SQL(
            raw:
                """
                CROSS JOIN LATERAL (
                    SELECT CASE WHEN isOne THEN left(after, 20) END AS time, CASE WHEN NOT isOne THEN \(column) END AS text
                    FROM (SELECT after, again = '' AND ascii(after) BETWEEN 48 AND 57 AS isOne FROM (
                        SELECT split_part(\(column), '"origin_server_ts":', 2) AS after,
                               split_part(\(column), '"origin_server_ts":', 3) AS again OFFSET 0) p OFFSET 0) q) cut
                """)
    }
}
