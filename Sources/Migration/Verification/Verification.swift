// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// What is known while a finished migration is verified.
///
/// Its methods look at one thing each; see the files beside.
struct Verification {
    let plan: Plan
    /// Whether Synapse has written since the migration ended.
    let isUsed: Bool
    /// Keys of rows that the ledger names as not loaded: ids of events, URIs of media.
    let rejected: Set<String>
    /// How many events and files are looked at closely.
    let sample: Int

    /// Tables of which Synapse removes nothing by itself while it is used.
    private static let lasting: Set<String> = [
        "users", "profiles", "events", "event_json", "state_events", "event_edges", "event_auth", "room_memberships",
        "rooms",
        "account_data", "room_account_data", "receipts_linearized", "redactions", "rejections", "user_filters",
        "local_media_repository", "server_signature_keys",
    ]
    /// Tables from which later loads of the migration take rows again, and the list of what Synapse, or
    /// `update_synapse_database` before it, has yet to do.
    private static let thinned: Set<String> = [
        "event_relations", "event_to_state_groups", "event_forward_extremities", "background_updates",
    ]

    /// What the source gives is what was loaded, and what was loaded is there.
    func counts(_ source: inout Connection, _ target: inout Connection) throws -> [VerificationReport.Check] {
        [try loaded(&source, &target), try present(&target)]
    }

    /// Compares the rows that each load's query gives with those that it gave then.
    private func loaded(_ source: inout Connection, _ target: inout Connection) throws -> VerificationReport.Check {
        var check = VerificationReport.Check("What Dendrite's tables give was loaded")
        let rows = Dictionary(
            try Ledger().loads(on: &target).map { ($0.id, $0.sourceRows) }, uniquingKeysWith: { first, _ in first })
        for load in plan.areas.flatMap(\.loads) {
            guard let query = load.query, let known = rows[load.id] else { continue }
            let count = Int(try source.integer("SELECT count(*) FROM (\(query)\n) AS query") ?? 0)
            check.examined += count
            if count > known {
                check.wrong += count - known - 1
                check.note(wrong: "\(load.id): \(count) in Dendrite, \(known) read")
            }
        }
        return check
    }

    /// Compares the ledger's rows with the tables'.
    private func present(_ target: inout Connection) throws -> VerificationReport.Check {
        var check = VerificationReport.Check("What was loaded is in Synapse's tables")
        for (table, rows) in try Ledger().loadedRows(on: &target) {
            guard !Self.thinned.contains(table), !isUsed || Self.lasting.contains(table),
                try target.value("SELECT to_regclass(\(SQL.identifier(table)))") != nil
            else { continue }
            check.examined += rows
            let count = Int(try target.integer("SELECT count(*) FROM \(identifier: table)") ?? 0)
            if count < rows {
                check.wrong += rows - count - 1
                check.note(wrong: "\(table): \(rows) loaded, \(count) there")
            }
        }
        return check
    }

    /// Every event is there, under the number that clients' tokens count by.
    func events(_ source: inout Connection, _ target: inout Connection) throws -> [VerificationReport.Check] {
        var check = VerificationReport.Check("Every event is there, under its number")
        let highest =
            try target.integer(
                "SELECT last_value FROM matrix_loader.kept_sequence WHERE is_after AND sequence_name = 'events_stream_seq'"
            ) ?? 0
        var last: Int64 = -1
        while true {
            let rows = try source.rows(
                """
                SELECT e.event_nid, e.event_id, \(plan.streamOrdering.sql(event: "e", sync: "o"))
                FROM (SELECT * FROM roomserver_events WHERE event_nid > \(last) ORDER BY event_nid LIMIT 20000) e
                     LEFT JOIN syncapi_output_room_events o ON o.event_id = e.event_id
                     LEFT JOIN roomserver_rooms r USING (room_nid)
                WHERE coalesce(r.room_version, '') <> ALL (\(RoomVersion.unsupported)) AND NOT \(plan.mayBeUnjudged)
                ORDER BY 1
                """)
            guard
                let end = try source.integer(
                    "SELECT max(n) FROM (SELECT event_nid AS n FROM roomserver_events WHERE event_nid > \(last) ORDER BY 1 LIMIT 20000) t"
                )
            else { return [check] }
            last = end
            var (ids, numbers): ([String], [Int64]) = ([], [])
            for row in rows {
                guard let id = row[1], let number = row[2].flatMap({ Int64($0) }), !rejected.contains(id) else {
                    continue
                }
                ids.append(id)
                numbers.append(number)
            }
            check.examined += ids.count
            // An event that was an outlier gets a new number when Synapse learns of its place.
            for row in try target.rows(
                """
                SELECT w.id, e.stream_ordering FROM unnest(\(ids), \(numbers)) AS w (id, number) LEFT JOIN events e ON e.event_id = w.id
                WHERE e.event_id IS NULL OR e.stream_ordering <> w.number AND NOT (\(isUsed) AND e.stream_ordering > \(highest))
                """)
            {
                check.note(wrong: "\(row[0] ?? ""): \(row[1].map { "has the number \($0)" } ?? "is missing")")
            }
        }
    }
}
