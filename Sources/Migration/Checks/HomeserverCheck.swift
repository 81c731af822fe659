// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Whether the two homeservers can be migrated: everything that stands in the way, all at once.
///
/// It only reads, on both sides.
struct HomeserverCheck: Sendable {
    let inputs: HomeserverInputs

    init(_ inputs: HomeserverInputs) {
        self.inputs = inputs
    }

    /// Connects to both sides and checks what can be reached.
    func findings(_ homeservers: Homeservers) -> [Finding] {
        // Twice the source with the target in between: what Dendrite writes meanwhile gives it away.
        let before = homeservers.sources.map { (try? sequenceValues($0)) ?? [:] }
        var target = asking(
            { () throws(PostgresError) in try homeservers.sessions.openTarget() }, TargetCheck(inputs: inputs).checks)
        if let conninfo = homeservers.stateTarget {
            var inputs = inputs
            if let synapse = homeservers.synapse {
                inputs.allowsUnsafeLocale = synapse.stateDatabase.allowsUnsafeLocale
            }
            target += asking(
                { () throws(PostgresError) in try Migration.openState(conninfo) },
                TargetCheck(inputs: inputs, side: Sessions.stateSide).checks)
            target += sameDatabase(homeservers, conninfo)
        }
        var source: [Finding] = []
        for (database, before) in zip(homeservers.sources, before) {
            let check = SourceCheck(inputs: inputs, database: database, sequencesBefore: before)
            source += asking({ () throws(PostgresError) in try Self.open(database) }, check.checks)
        }
        let division = DividedSourceCheck(databases: homeservers.dividedSource).findings
        return ConfigurationCheck(inputs: inputs).findings + source + division + target
    }

    /// Two descriptions of one database: what one run writes to the one would be in the other's way.
    private func sameDatabase(_ homeservers: Homeservers, _ state: String) -> [Finding] {
        let identity: SQL = """
            SELECT concat_ws(' ', pg_postmaster_start_time(), oid) FROM pg_database WHERE datname = current_database()
            """
        guard var main = try? homeservers.sessions.openTarget(), var state = try? Migration.openState(state),
            let first = try? main.value(identity), let second = try? state.value(identity), first == second
        else { return [] }
        return [
            Finding(
                .error, Sessions.stateSide, "it is the main database, under another name",
                remedy: "Write the same args for both in homeserver.yaml, or let databases name one")
        ]
    }

    private static func open(_ database: DendriteDatabase) throws(PostgresError) -> Connection {
        try Sessions(source: database.conninfo, target: "").openSource(named: database.side)
    }

    private func sequenceValues(_ database: DendriteDatabase) throws(PostgresError) -> [String: String] {
        var source = try Self.open(database)
        return try source.sequenceValues()
    }

    private func asking(_ open: () throws(PostgresError) -> Connection, _ checks: [DatabaseCheck]) -> [Finding] {
        do throws(PostgresError) {
            var connection = try open()
            return connection.findings(of: checks)
        } catch {
            return [Finding(unreachable: error)]
        }
    }
}
