// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Migration
@testable import Partition

@Suite("Stream orderings")
struct StreamOrderingTests {
    private struct Row {
        let nid: Int64
        let syncID: Int64?
        let isExcluded: Bool?
        let isSent: Bool
        let isRejected: Bool
        let snapshot: Int64
        let type: Int64
        let stateKey: Int64

        var isLate: Bool { isSent && !isRejected && snapshot != 0 && (type != 6 || stateKey != 0) }
    }

    private func server(_ seed: Int) -> (rows: [Row], ordering: StreamOrdering) {
        var random = SeededGenerator(seed)
        var ids = Array(Int64(1)...120).shuffled(using: &random)
        let rows = (Int64(1)...80).filter { _ in !random.once(in: 8) }.map { nid in
            Row(
                nid: nid, syncID: random.once(in: 3) ? nil : ids.removeLast(),
                isExcluded: random.pick([true, false, false, nil]), isSent: random.once(in: 2),
                isRejected: random.once(in: 5), snapshot: Int64(random.below(3)), type: Int64(random.below(9) + 1),
                stateKey: Int64(random.below(2)))
        }
        let excluded = rows.filter { $0.isExcluded == true }.compactMap(\.syncID)
        return (
            rows,
            StreamOrdering(
                highestSyncID: rows.compactMap(\.syncID).max() ?? 0, highestEventNID: rows.map(\.nid).max() ?? 0,
                gapFillers: excluded.filter { _ in random.once(in: 3) }.sorted(),
                firstLateNID: rows.filter { $0.syncID == nil && $0.isLate }.map(\.nid).min())
        )
    }

    private func position(_ row: Row, _ ordering: StreamOrdering) -> Int64 {
        ordering.position(of: row.nid, syncID: row.syncID, isExcluded: row.isExcluded ?? false, isLate: row.isLate)
    }

    @Test("are given once, each in the range of its kind", arguments: 0..<60)
    func ranges(seed: Int) throws {
        let (rows, ordering) = server(seed)
        let unnumbered: Int64 = 3
        let positions = rows.map { position($0, ordering) } + (1...unnumbered).map(ordering.unnumberedInvitation)
        #expect(Set(positions).count == positions.count)
        let ranges = StreamOrderingRange.ranges(
            highestSyncID: ordering.highestSyncID, highestEventNID: ordering.highestEventNID,
            firstLateNID: ordering.firstLateNID)
        func expectInRange(_ position: Int64, _ kind: StreamOrderingRange.Kind) throws {
            let range = try #require(ranges.first { $0.kind == kind })
            #expect(range.bounds.contains(position), "\(position) is not \(kind)")
        }
        for row in rows {
            let isLive = row.isExcluded != true || row.syncID.map(ordering.gapFillers.contains) == true
            try expectInRange(
                position(row, ordering),
                row.syncID != nil ? (isLive ? .live : .backfilled) : row.isLate ? .late : .unseen)
        }
        let lowest = try #require(ranges.map(\.bounds.lowerBound).min())
        for rank in 1...unnumbered { #expect(ordering.unnumberedInvitation(rank) < lowest) }
    }

    @Test("keep the numbers that old tokens know, and the order of what is none", arguments: 0..<60)
    func order(seed: Int) {
        let (rows, ordering) = server(seed)
        for row in rows where row.syncID != nil && row.isExcluded != true {
            #expect(position(row, ordering) == row.syncID)
        }
        for (row, next) in zip(rows, rows.dropFirst())
        where row.syncID == nil && next.syncID == nil && row.isLate == next.isLate {
            #expect(position(row, ordering) < position(next, ordering))
        }
    }

    @Test("are the same in SQL and in Swift", .temporaryDatabase, arguments: [0, 1, 2, 3, 4, 5])
    func sql(seed: Int) throws {
        let (rows, ordering) = server(seed)
        var connection = try TemporaryDatabase.connect()
        try connection.execute(
            """
            CREATE TABLE events (event_nid bigint, sent_to_output boolean, is_rejected boolean, state_snapshot_nid bigint,
                event_type_nid bigint, event_state_key_nid bigint);
            CREATE TABLE sync (nid bigint, id bigint, exclude_from_sync boolean)
            """)
        for row in rows {
            try connection.execute(
                """
                INSERT INTO events VALUES (\(row.nid), \(row.isSent), \(row.isRejected), \(row.snapshot), \(row.type), \(row.stateKey))
                """)
            guard let id = row.syncID else { continue }
            try connection.execute(
                "INSERT INTO sync VALUES (\(row.nid), \(id), \(raw: row.isExcluded.map { "\($0)" } ?? "NULL"))")
        }
        let found = try connection.rows(
            """
            SELECT \(ordering.sql(event: "e", sync: "o")) FROM events e LEFT JOIN sync o ON o.nid = e.event_nid ORDER BY event_nid
            """)
        #expect(found.map { $0[0] } == rows.map { String(position($0, ordering)) })
    }
}
