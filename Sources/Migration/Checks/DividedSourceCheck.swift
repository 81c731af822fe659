// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// What concerns several databases of one Dendrite; nothing where there is one.
///
/// What a database has to say for itself is ``SourceCheck``'s; one that cannot be asked is named there.
struct DividedSourceCheck {
    let databases: [DendriteDatabase]

    var findings: [Finding] {
        guard !databases.isEmpty else { return [] }
        do throws(PostgresError) {
            return [try copies()] + (try lag())
        } catch {
            // A database that cannot be reached is named by its own checks.
            return error.isConnectionLoss ? [] : [Finding(refusal: error)]
        }
    }

    /// The copies' size, roughly.
    private func copies() throws(PostgresError) -> Finding {
        var bytes: Int64 = 0
        for database in databases {
            var source = try open(database)
            bytes +=
                try source.integer(
                    """
                    SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class
                    WHERE relkind = 'r' AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relname = ANY (\(DendriteTables.all.filter { database.holds($0) }))
                    """) ?? 0
        }
        return Finding(
            .warning, Sessions.sourceSide,
            "its components use \(databases.count) databases, whose tables (\(bytes >> 20) MiB) are copied into "
                + "Synapse's for as long as the migration lasts",
            remedy: "See that Synapse's PostgreSQL has so much more room; there is nothing else to do")
    }

    private func lag() throws(PostgresError) -> [Finding] {
        guard let rooms = databases.first(where: { $0.components.contains(.roomServer) }),
            let sync = databases.first(where: { $0.components.contains(.syncAPI) }), rooms != sync
        else { return [] }
        var source = try open(rooms)
        let newest = try source.rows(SourceContentCheck.newest).compactMap { $0[0] }
        var clients = try open(sync)
        let waiting = try clients.integer(
            """
            SELECT count(*) FROM unnest(\(newest)) AS n (event_id)
            WHERE NOT EXISTS (SELECT 1 FROM syncapi_output_room_events s WHERE s.event_id = n.event_id)
            """)
        return SourceContentCheck.lag(of: waiting ?? 0, in: sync)
    }

    private func open(_ database: DendriteDatabase) throws(PostgresError) -> Connection {
        try Sessions(source: database.conninfo, target: "").openSource(named: database.side)
    }
}
