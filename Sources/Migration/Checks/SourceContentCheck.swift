// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// What stands in Dendrite's tables that an operator should know before Synapse takes over.
struct SourceContentCheck {
    let inputs: HomeserverInputs
    let database: DendriteDatabase

    var checks: [DatabaseCheck] {
        var checks: [DatabaseCheck] = [numbers]
        if database.components.contains(.userAPI) { checks += [serverNames, applicationServices] }
        if database.components.contains(.roomServer) { checks.append(roomVersions) }
        if database.components.contains(.roomServer), database.components.contains(.syncAPI) { checks.append(lag) }
        return checks
    }

    private func warning(_ message: String, remedy: String) -> Finding {
        Finding(.warning, database.side, message, remedy: remedy)
    }

    /// Events whose number no sequence can have given.
    ///
    /// Others' numbers are sums of theirs, and have to have room in a bigint, too.
    private func numbers(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        let columns = [
            ("roomserver_events", "event_nid"), ("syncapi_output_room_events", "id"), ("syncapi_invite_events", "id"),
        ]
        var findings: [Finding] = []
        for (table, column) in columns where database.holds(table) {
            let number = try source.value(
                """
                SELECT n FROM (SELECT max(\(identifier: column)) FROM \(identifier: table)
                               UNION ALL SELECT min(\(identifier: column)) FROM \(identifier: table)) numbers (n)
                WHERE n NOT BETWEEN \(-Self.bound) AND \(Self.bound) LIMIT 1
                """)
            guard let number else { continue }
            findings.append(
                Finding(
                    .error, database.side, "\(table) has a row whose \(column) is \(number): the table is damaged",
                    remedy: "Migrate a copy of the database from which that row was deleted"))
        }
        return findings
    }

    private static let bound = Int64(1) << 60

    /// Dendrite can be built to serve several names, though none of its releases can be configured so.
    private func serverNames(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        let rows = try source.rows("SELECT server_name, count(*) FROM userapi_accounts GROUP BY 1 ORDER BY 2 DESC, 1")
        let others = rows.filter { $0[0] != inputs.serverName }
        guard !others.isEmpty else { return [] }
        let names = others.map { "\($0[0] ?? "") (\($0[1] ?? "") accounts)" }.listed()
        guard others.count < rows.count else {
            return [
                Finding(
                    .error, database.side, "its accounts belong to \(names), none to \(inputs.serverName)",
                    remedy: "Check global.server_name in dendrite.yaml, or --server-name")
            ]
        }
        return [
            warning(
                "it has accounts of other server names: \(names); they stay behind",
                remedy: "A Synapse serves one name: migrate each name to a Synapse of its own")
        ]
    }

    /// A version that nobody here knows cannot come from Dendrite itself; what its rooms hold is carried as it is.
    private func roomVersions(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        try source.rows(
            """
            SELECT room_version, count(*) FROM roomserver_rooms
            WHERE room_version <> '' AND room_version <> ALL (\(RoomVersion.carried)) GROUP BY 1 ORDER BY 1
            """
        ).map { row in
            let (version, count) = (row[0] ?? "", row[1] ?? "")
            return RoomVersion.unsupported.contains(version)
                ? warning(
                    "rooms of version \(version), which Synapse cannot serve: \(count); they stay behind",
                    remedy: "Their members need a new room")
                : warning(
                    "rooms of version \(version), which is not known here: \(count); they are carried as if it were 10",
                    remedy: "See that your Synapse knows that version; their members need a new room otherwise")
        }
    }

    private func applicationServices(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        guard let known = inputs.applicationServices else { return [] }
        return try source.rows(
            """
            SELECT appservice_id, count(*) FROM userapi_accounts
            WHERE server_name = \(inputs.serverName) AND appservice_id <> '' AND appservice_id <> ALL (\(known))
                  AND NOT coalesce(is_deactivated, false)
            GROUP BY 1 ORDER BY 1
            """
        ).map { row in
            warning(
                "homeserver.yaml does not name the application service \(row[0] ?? ""), "
                    + "to which \(row[1] ?? "") accounts belong",
                remedy: "Add its registration file to app_service_config_files, or leave it if the bridge is gone")
        }
    }

    /// Dendrite's sync component reads from a queue outside of the database; only the newest events can wait in it.
    private func lag(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        // As a rule they are the newest there, too, which is one short stretch of the table. The others are looked up: a scalar
        // subquery is never turned into a hash of the whole table.
        let waiting =
            try source.integer(
                """
                SELECT count(*) FROM (\(Self.newest)) e
                WHERE e.event_id NOT IN (SELECT event_id FROM syncapi_output_room_events ORDER BY id DESC LIMIT 20000)
                      AND (SELECT true FROM syncapi_output_room_events s WHERE s.event_id = e.event_id LIMIT 1) IS NULL
                """) ?? 0
        return Self.lag(of: waiting, in: database)
    }

    /// Ids of the newest events that the room server has sent on to the sync component.
    static let newest: SQL = """
        SELECT e.event_id FROM roomserver_events e
        WHERE e.event_nid > (SELECT coalesce(max(event_nid), 0) FROM roomserver_events) - 10000
              AND \(raw: StreamOrdering.isLate(event: "e"))
        """

    static func lag(of waiting: Int64, in database: DendriteDatabase) -> [Finding] {
        guard waiting > 0 else { return [] }
        return [
            Finding(
                .warning, database.side,
                "\(waiting) new events have not reached clients: Dendrite was stopped while it was busy",
                remedy: "They are carried; to let Dendrite deliver them itself, start it, wait a minute, and stop it")
        ]
    }
}
