// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

extension Plan {
    /// Messages that one load takes: enough that a transaction costs nothing, few enough that workers end together.
    static let eventsPerRange = 50_000
    /// Events of the rooms whose state one load keeps in memory, some dozens of bytes for each.
    static let eventsPerPartition = 600_000

    /// Decides everything but ``streamOrdering``: what kind of event each is, how work is divided, which numbers are given
    /// out.
    ///
    /// - Parameters:
    ///   - source: the source, in the snapshot that all will read.
    ///   - workers: how many will load.
    /// - Returns: the room server's events that clients are shown.
    /// - Throws: ``PostgresError``.
    mutating func decide(
        from source: inout Connection, _ target: inout Connection, workers: Int
    ) throws -> EventSum {
        var counts = try EventCounts(from: &source)
        firstFreeStream = try Self.firstFreeStream(from: &source)
        misfiled = try Self.misfiled(&counts, in: &source)
        sourceRows = try Self.sourceRows(from: &source)
        absentTables = try Self.absentTables(in: &source)
        try divide(counts, source: &source, target: &target, workers: workers)
        return counts.shown
    }

    /// Leaves processors to the other of two sessions that plan at the same time.
    ///
    /// Where there are two, both sessions take a fifth less time when neither has helpers.
    /// - Parameter workers: how many will load; taken for the number of processors.
    static func shareProcessors(of source: inout Connection, workers: Int) throws(PostgresError) {
        let setting: SQL = "'max_parallel_workers_per_gather'"
        _ = try source.value(
            """
            SELECT set_config(\(setting), least(current_setting(\(setting))::int, \(max(workers / 2 - 1, 0)))::text, false)
            """)
    }

    /// Which stream_ordering each event gets, but for what ``firstLateEvent(in:)`` says.
    ///
    /// - Throws: ``PostgresError``.
    static func streamOrdering(from source: inout Connection) throws -> StreamOrdering {
        func number(_ sql: SQL) throws(PostgresError) -> Int64 { try source.integer(sql) ?? 0 }
        var ordering = StreamOrdering(
            highestSyncID: max(
                try number("SELECT max(id) FROM syncapi_output_room_events"),
                try number("SELECT max(id) FROM syncapi_invite_events")),
            highestEventNID: try number("SELECT max(event_nid) FROM roomserver_events"))
        ordering.danglingSnapshots = try source.rows(
            """
            SELECT DISTINCT e.state_snapshot_nid FROM roomserver_events e WHERE e.state_snapshot_nid <> 0 AND NOT EXISTS (
                SELECT 1 FROM roomserver_state_snapshots s WHERE s.state_snapshot_nid = e.state_snapshot_nid) ORDER BY 1
            """
        ).compactMap { $0[0].flatMap { Int64($0) } }
        ordering.gapFillers = try gapFillers(from: &source)
        return ordering
    }

    /// Events left out of /sync from which a live event descends through rising ids: they filled a gap.
    ///
    /// Backfilled history came in after what descends from it.
    private static func gapFillers(from source: inout Connection) throws -> [Int64] {
        var found: Set<Int64> = []
        // Children with higher ids come first, so one pass is enough.
        let query: SQL = """
            SELECT o.id, c.id, coalesce(c.exclude_from_sync, false)
            FROM syncapi_output_room_events o
                 JOIN roomserver_previous_events p ON p.previous_event_id = o.event_id
                 CROSS JOIN LATERAL unnest(p.event_nids) AS child (nid)
                 JOIN roomserver_events e ON e.event_nid = child.nid
                 JOIN syncapi_output_room_events c ON c.event_id = e.event_id
            WHERE o.exclude_from_sync AND c.id > o.id ORDER BY o.id DESC
            """
        try source.copyOut(query) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let id = fields.int64(), let child = fields.int64() else { continue }
                if fields.bool() == false || found.contains(child) { found.insert(id) }
            }
        }
        return found.sorted()
    }

    /// Above every number that a field of a sync token of Dendrite's can hold.
    ///
    /// No sequence comes to 2^62: such a number is damage, and above it there is no room to count on.
    private static func firstFreeStream(from source: inout Connection) throws(PostgresError) -> Int64 {
        let columns = [
            "syncapi_output_room_events.id", "syncapi_account_data_type.id", "syncapi_invite_events.id",
            "syncapi_peeks.id",
            "syncapi_receipts.id", "syncapi_send_to_device.id", "syncapi_presence.id", "syncapi_relations.id",
            "syncapi_notification_data.id", "keyserver_key_changes.change_id",
        ]
        var highest: Int64 = 1
        for column in columns {
            let parts = column.split(separator: ".").map(String.init)
            guard try source.value("SELECT to_regclass(\(parts[0]))") != nil else { continue }
            highest = max(
                highest,
                try source.integer(
                    "SELECT max(\(identifier: parts[1])) FROM \(identifier: parts[0]) WHERE \(identifier: parts[1]) < \(Int64(1) << 62)"
                ) ?? 0)
        }
        for sequence in [
            "syncapi_stream_id", "syncapi_receipt_id", "syncapi_send_to_device_id", "syncapi_presence_id",
            "syncapi_relation_id", "syncapi_notification_data_id_seq", "keyserver_key_changes_seq",
        ] where try source.value("SELECT to_regclass(\(sequence))") != nil {
            highest = max(highest, try source.integer("SELECT last_value FROM \(identifier: sequence)") ?? 0)
        }
        return highest + 1
    }

    /// State events that are filed without a state key: some that were fetched from other servers, and, in damaged
    /// databases, others of a type that state has.
    private static func misfiled(
        _ counts: inout EventCounts, in source: inout Connection
    ) throws(PostgresError) -> [Int64] {
        var found: [Int64] = []
        for row in try source.rows(
            """
            SELECT e.event_nid, e.room_nid, e.sent_to_output FROM roomserver_events e \(lookUpOfBody)
            WHERE e.event_state_key_nid = 0 AND e.event_type_nid NOT IN \(EventTypeNID.ofState)
                  AND (NOT e.sent_to_output OR e.event_type_nid = ANY (\(counts.otherStateTypes.sorted())))
                  AND j.event_json LIKE '%"state_key":%' ORDER BY 1
            """)
        {
            guard let nid = row[0].flatMap({ Int64($0) }), let room = row[1].flatMap({ Int64($0) }) else { continue }
            found.append(nid)
            // Others are counted already.
            if row[2] == "t" { counts.noteMisfiled(in: room) }
        }
        return found
    }

    private static func absentTables(in source: inout Connection) throws(PostgresError) -> [String] {
        try source.rows(
            """
            SELECT name FROM unnest(\(DendriteTables.later.keys.sorted())) name WHERE to_regclass(name) IS NULL ORDER BY 1
            """
        ).compactMap { $0[0] }
    }

    /// A table that earlier releases lack, for FROM: where it is absent, one without rows.
    func later(_ table: String) -> SQL {
        guard absentTables.contains(table), let columns = DendriteTables.later[table] else {
            return "\(identifier: table)"
        }
        return "(SELECT \(raw: columns) WHERE false)"
    }

    /// Estimates, as counting would read every table once; of a table that was never analysed, by its size.
    private static func sourceRows(from source: inout Connection) throws(PostgresError) -> [String: Int] {
        var rows: [String: Int] = [:]
        for row in try source.rows(
            """
            SELECT relname, CASE WHEN reltuples >= 0 THEN reltuples::bigint ELSE pg_relation_size(oid) / 200 END
            FROM pg_class WHERE relkind = 'r' AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relname ~ '^(syncapi|userapi|keyserver|federationsender|keydb|roomserver)_'
            """)
        {
            if let table = row[0], let count = row[1].flatMap({ Int($0) }) { rows[table] = count }
        }
        return rows
    }

    private mutating func divide(
        _ counts: EventCounts, source: inout Connection, target: inout Connection, workers: Int
    ) throws(PostgresError) {
        let found = try source.rows(
            """
            SELECT r.room_nid, coalesce(i.invites, 0), coalesce(r.room_version, '') <> ALL (\(RoomVersion.unsupported))
            FROM roomserver_rooms r
                 LEFT JOIN (SELECT room_nid, count(*) AS invites FROM roomserver_invites GROUP BY 1) i USING (room_nid)
            """
        ).compactMap { row in
            row[0].flatMap { Int64($0) }.map {
                (room: $0, invites: row[1].flatMap { Int($0) } ?? 0, isKnown: row[2] == "t")
            }
        }
        missingRooms = Set(counts.rooms.keys).subtracting(found.map(\.room)).sorted()
        let loaded = found.filter(\.isKnown)
        let rooms = loaded.map { room, invites, _ in
            let own = counts.rooms[room] ?? EventCounts.OfRoom()
            return RoomWeight(room: room, events: own.events + invites, stateEvents: own.stateEvents)
        }
        let heavy = rooms.reduce(0) { $0 + $1.events }
        // Each partition reads the narrow columns of all events, so there are only as many as there are workers, as long as
        // the state in memory stays small; ranges of messages even out their ends.
        let rounds = (heavy + workers * Self.eventsPerPartition - 1) / (workers * Self.eventsPerPartition)
        let count = heavy < 20_000 ? 1 : workers * rounds
        roomPartitions = RoomPartition.balanced(
            rooms, into: count, firstStateGroup: try Self.next("state_group_id_seq", &target),
            firstAuthChain: try Self.next("event_auth_chain_id", &target))
        let read = (loaded.map(\.room) + missingRooms).compactMap { counts.rooms[$0] }
        if let low = read.map(\.lowestNID).min(), let high = read.map(\.highestNID).max() {
            let events = read.reduce(0) { $0 + $1.events }
            eventRanges = EventRange.cut(lowest: low, highest: high, count: events, size: Self.eventsPerRange)
        }
        let invited = try source.rows("SELECT DISTINCT i.room_nid FROM \(Invitations.openFromAfar) i")
            .compactMap { $0[0].flatMap { Int64($0) } }
        emptyRooms = Set(loaded.map(\.room)).subtracting(counts.rooms.keys).subtracting(invited).sorted()
    }

    private static func next(_ sequence: String, _ target: inout Connection) throws(PostgresError) -> Int64 {
        try target.integer(
            "SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM \(identifier: sequence)") ?? 1
    }

    /// Moves the sequences past what was given out, each once, before any worker starts.
    var allocation: [SQL] {
        [
            ("state_group_id_seq", roomPartitions.map(\.stateGroups.bounds.upperBound).max()),
            ("event_auth_chain_id", roomPartitions.map(\.authChains.bounds.upperBound).max()),
            ("events_stream_seq", streamOrdering.ranges.map { $0.bounds.upperBound + 1 }.max()),
            // Below zero Synapse counts downwards, and keeps the number without its sign.
            ("events_backfill_stream_seq", streamOrdering.ranges.map { 1 - $0.bounds.lowerBound }.max()),
        ].compactMap { sequence, end in
            end.map { "SELECT setval(\(sequence), \(max($0 - 1, 1)), true)" }
        }
    }
}
