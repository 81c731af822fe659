// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

extension Plan {
    /// Reads what all loads of events share, in one pass over both components' events as far as possible, since joining them
    /// costs more than all that is asked of them.
    ///
    /// - Throws: ``PostgresError``.
    func readTimeline(from source: inout Connection) throws -> EventTimeline {
        var timeline = EventTimeline(streamOrdering, now: now)
        let left = try source.rows("SELECT room_nid FROM \(unsupportedRooms)").compactMap {
            $0[0].flatMap { Int64($0) }
        }
        let transactions = try readSynced(&timeline, without: left, from: &source)
        for nid in try Self.repeated(transactions, in: &source) { timeline.noteRepeated(nid) }
        try readLate(&timeline.received, without: left, from: &source)
        try readInvitations(&timeline.received, without: left, from: &source)
        timeline.received.run()
        timeline.sendingDevices = try readSendingDevices(from: &source)
        timeline.rooms = try KnownRooms(from: &source)
        return timeline
    }

    /// Notes the events that the sync component has.
    ///
    /// - Returns: a hash of each transaction in which a client sent an event.
    private func readSynced(
        _ timeline: inout EventTimeline, without left: [Int64], from source: inout Connection
    ) throws -> [Int64] {
        var transactions: [Int64] = []
        var event = EventReader()
        let query: SQL = """
            SELECT e.event_nid, o.id, coalesce(o.exclude_from_sync, false), o.session_id, o.transaction_id, \(Self.transaction),
                   \(Self.time("o.headered_event_json"))
            FROM roomserver_events e
                 JOIN \(Self.timed("syncapi_output_room_events", "headered_event_json")) o ON o.event_id = e.event_id
            WHERE \(Self.isOutside(left, "e"))
            """
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let nid = fields.int64(), let id = fields.int64() else { continue }
                let isExcluded = fields.bool() ?? false
                let session = fields.int64()
                let transaction = fields.bytesOrEmpty()
                if let hash = fields.int64() { transactions.append(hash) }
                let position = streamOrdering.position(of: nid, syncID: id, isExcluded: isExcluded, isLate: false)
                timeline.note(nid, at: position, transaction: transaction, session: session)
                Self.note(&fields, at: position, &event, &timeline.received)
            }
        }
        return transactions
    }

    /// Whether a row's room is none of those that are left out.
    ///
    /// As a rule none are, and no event need be asked for its room.
    private static func isOutside(_ rooms: [Int64], _ row: String) -> SQL {
        rooms.isEmpty ? SQL(raw: "true") : "\(raw: row).room_nid <> ALL (\(rooms))"
    }

    /// Events that the sync component had not got to.
    private func readLate(
        _ received: inout ReceivedTimestamps, without left: [Int64], from source: inout Connection
    ) throws {
        guard let first = streamOrdering.firstLateNID else { return }
        let late: SQL = """
            (SELECT e.event_nid, j.event_json FROM roomserver_events e JOIN roomserver_event_json j USING (event_nid)
             WHERE e.event_nid >= \(first) AND \(raw: StreamOrdering.isLate(event: "e")) AND \(Self.isOutside(left, "e"))
                   AND NOT EXISTS (SELECT 1 FROM syncapi_output_room_events o WHERE o.event_id = e.event_id)) l
            """
        try Self.read("event_nid", json: "event_json", of: late, &received, from: &source) { nid in
            streamOrdering.position(of: nid, syncID: nil, isExcluded: false, isLate: true)
        }
    }

    /// Open invitations from afar have numbers of the same sequence.
    private func readInvitations(
        _ received: inout ReceivedTimestamps, without left: [Int64], from source: inout Connection
    ) throws {
        let numbered: SQL = """
            (SELECT s.id, i.invite_event_json
             FROM \(Invitations.openFromAfar) i JOIN syncapi_invite_events s ON s.event_id = i.invite_event_id AND NOT s.deleted
             WHERE \(Self.isOutside(left, "i"))) n
            """
        try Self.read("id", json: "invite_event_json", of: numbered, &received, from: &source) { $0 }
    }

    /// Reads the times of a relation's events, whose number `position` turns into a stream_ordering.
    private static func read(
        _ number: String, json: String, of relation: SQL, _ received: inout ReceivedTimestamps,
        from source: inout Connection, position: (Int64) -> Int64
    ) throws {
        var event = EventReader()
        try source.copyOut(
            "SELECT \(raw: number), \(time(json)) FROM \(timed(relation, json)) t"
        ) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                let number = fields.int64() ?? 0
                note(&fields, at: position(number), &event, &received)
            }
        }
    }
}

// MARK: - When an event was sent

extension Plan {
    /// A relation with one more column, `after`: what follows the key `"origin_server_ts":` in its JSON.
    ///
    /// Cutting the number out costs PostgreSQL less than sending the text. Inside a string the key's last quote would be
    /// escaped, so what is found is a key. OFFSET has the text searched once.
    private static func timed(_ relation: SQL, _ json: String) -> SQL {
        """
        (SELECT *, split_part(\(raw: json), '"origin_server_ts":', 2) AS after FROM \(relation) OFFSET 0)
        """
    }

    /// What begins with the time; and the whole text, where that is not sure to be the event's own.
    ///
    /// textsend gives bytes without looking at them, so the last one is found without a search. Where the key comes twice,
    /// once in `content` or `unsigned`, what follows the first ends before the second: without the brace that ends the object.
    private static func time(_ json: String) -> SQL {
        """
        left(after, 20),
        CASE WHEN CASE WHEN ascii(after) BETWEEN 48 AND 57
                       THEN get_byte(textsend(after), octet_length(after) - 1) <> ascii('}')
                       ELSE after IS NOT NULL END
             THEN \(raw: json) END
        """
    }

    /// Takes the two columns of ``time(_:)``.
    private static func note(
        _ fields: inout FieldReader, at position: Int64, _ event: inout EventReader,
        _ received: inout ReceivedTimestamps
    ) {
        guard position > 0 else { return }
        received.add(0, at: position)
        let digits = fields.bytesOrEmpty()
        let json = fields.bytesOrEmpty()
        guard json.isEmpty else {
            // The load that reads the body will name what cannot be read.
            if (try? event.read(json, keepsEventID: true)) != nil {
                received.add(event.originServerTimestamp, at: position)
            }
            return
        }
        var end = 0
        while end < digits.count, digits[end] &- UInt8(ascii: "0") < 10 { end += 1 }
        if end > 0, let timestamp = JSONScanner.integer(digits, 0..<end) { received.add(timestamp, at: position) }
    }
}

// MARK: - Who sent it

extension Plan {
    /// A client's transaction as one number of 64 bits; NULL where no client sent the event.
    private static let transaction = SQL(
        raw: """
            CASE WHEN o.transaction_id <> ''
                 THEN hashtextextended(o.transaction_id, coalesce(o.session_id, 0)) END
            """)

    /// Finds events whose transaction a later one has, too: of two events the later one counts.
    ///
    /// - Parameter transactions: a hash of each; where some are alike, PostgreSQL looks at the texts.
    private static func repeated(
        _ transactions: [Int64], in source: inout Connection
    ) throws(PostgresError) -> [Int64] {
        let alike = transactions.repeatedHashes()
        guard !alike.isEmpty else { return [] }
        let rows = try source.rows(
            """
            SELECT event_nid FROM (
                SELECT e.event_nid, row_number() OVER (PARTITION BY o.session_id, o.transaction_id COLLATE "C", o.room_id COLLATE "C"
                                                ORDER BY o.id DESC) AS number
                FROM syncapi_output_room_events o JOIN roomserver_events e ON e.event_id = o.event_id
                     JOIN roomserver_rooms r ON r.room_nid = e.room_nid AND r.room_version <> ALL (\(RoomVersion.unsupported))
                WHERE \(transaction) = ANY (\(alike))) n
            WHERE number > 1
            """)
        return rows.compactMap { $0[0].flatMap { Int64($0) } }
    }

    private func readSendingDevices(from source: inout Connection) throws -> SendingDevices {
        var devices = SendingDevices()
        try source.copyOut(
            """
            SELECT d.session_id, '@' || d.localpart || ':' || d.server_name, d.device_id, s.access_token IS NOT NULL
            FROM userapi_devices d LEFT JOIN \(sessions) s USING (access_token) WHERE d.session_id IS NOT NULL
            ORDER BY s.access_token IS NULL, d.access_token
            """
        ) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let session = fields.int64(), let user = fields.bytesOrNull(), let device = fields.bytesOrNull()
                else { continue }
                devices.add(session: session, userID: user, deviceID: device, isCarried: fields.bool() ?? false)
            }
        }
        return devices
    }
}
