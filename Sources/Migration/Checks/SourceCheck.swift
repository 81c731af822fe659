// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Whether the source is a Dendrite database that can be read whole, and that nobody writes to.
struct SourceCheck {
    let inputs: HomeserverInputs
    /// The database, and which components' tables it should have.
    let database: DendriteDatabase
    /// The sequences a moment earlier; empty where they were not read.
    let sequencesBefore: [String: String]

    var checks: [DatabaseCheck] {
        var checks: [DatabaseCheck] = [
            tables, privileges, hiding, migrations, encoding, others, primary, running, moving,
        ]
        checks += SourceContentCheck(inputs: inputs, database: database).checks
        if database.components.contains(.mediaAPI) { checks += MediaCheck(inputs: inputs).checks }
        return checks
    }

    private let remedyForOld =
        "Start a recent Dendrite (0.12 or later) on it once, so that it brings its tables up to date, then stop it"

    init(inputs: HomeserverInputs, database: DendriteDatabase, sequencesBefore: [String: String]) {
        self.inputs = inputs
        self.database = database
        self.sequencesBefore = sequencesBefore
    }

    private var neededTables: [String] { DendriteTables.needed.filter { database.holds($0) } }

    private func error(_ message: String, remedy: String) -> Finding {
        Finding(.error, database.side, message, remedy: remedy)
    }

    private func tables(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        let absent = try source.rows(
            """
            SELECT name FROM unnest(\(neededTables)) name WHERE NOT EXISTS (
                SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relname = name AND n.nspname = \(Self.schema))
            """
        ).compactMap { $0[0] }
        if absent.isEmpty { return [] }
        if absent.count == neededTables.count { return [try elsewhere(&source)] }
        return [error("tables of Dendrite's are missing: \(absent.listed())", remedy: remedyForOld)]
    }

    /// Where the tables are if not where the role looks: in another schema, or in another database.
    private func elsewhere(_ source: inout Connection) throws(PostgresError) -> Finding {
        let place = try source.rows(
            """
            SELECT n.nspname, \(Self.schema), current_user, current_database()
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relname = ANY (\(neededTables)) AND c.relkind IN ('r', 'p', 'v', 'm')
            GROUP BY n.nspname ORDER BY count(*) DESC, 1 LIMIT 1
            """)
        guard let row = place.first, let schema = row[0], let searched = row[1], let role = row[2], let name = row[3]
        else {
            return error(
                "it holds none of Dendrite's tables",
                remedy: "Check that \(setting) names the database that Dendrite used")
        }
        return error(
            "Dendrite's tables are in its schema \(schema), and the role \(role) looks in \(searched)",
            remedy: "Run ALTER ROLE \(SQL.identifier(role)) IN DATABASE \(SQL.identifier(name)) "
                + "SET search_path = \(SQL.identifier(schema))")
    }

    /// Where dendrite.yaml names the database.
    private var setting: String {
        guard !database.isWhole, let component = database.components.first else {
            return "global.database.connection_string"
        }
        return (component.path + ["connection_string"]).joined(separator: ".")
    }

    /// Where Dendrite finds its tables: it never names a schema.
    private static let schema: SQL = "coalesce(current_schema(), 'public')"

    private func migrations(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        guard try source.value("SELECT to_regclass('db_migrations')") != nil else { return [] }
        let missing = try source.rows(
            """
            SELECT name FROM unnest(\(DendriteTables.migrations.filter { database.holds(migration: $0) })) name
            WHERE name NOT IN (SELECT version FROM db_migrations)
            """
        ).compactMap { $0[0] }
        return missing.isEmpty
            ? [] : [error("Dendrite has yet to bring its tables up to date: \(missing.listed())", remedy: remedyForOld)]
    }

    private func encoding(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        let rules = try source.textRules()
        var findings: [Finding] = []
        if rules.encoding != "UTF8" {
            findings.append(
                error(
                    "its encoding is \(rules.encoding), not UTF8",
                    remedy: "Dump it with pg_dump --encoding=UTF8, restore it into a database of UTF8, and migrate that"
                )
            )
        }
        if rules.isOutdated {
            let (earlier, now) = (rules.collationVersion, rules.actualCollationVersion)
            findings.append(
                error(
                    "its indexes were made by version \(earlier) of the locale's rules and the system has \(now), so that "
                        + "they may miss rows",
                    remedy: "As its owner, run REINDEX DATABASE and ALTER DATABASE … REFRESH COLLATION VERSION"))
        }
        if let locale = rules.icuLocale {
            findings.append(
                Finding(
                    .warning, database.side, "its locale is ICU's \(locale), and Synapse's database sorts by C",
                    remedy: "There is nothing to do: nothing that is carried depends on the order"))
        }
        return findings
    }

    private func privileges(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        let rows = try source.rows(
            """
            SELECT c.relname, current_user, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = \(Self.schema)
                  AND (c.relname = ANY (\(DendriteTables.all.filter { database.holds($0) })) OR c.relkind = 'S' AND EXISTS (
                           SELECT 1 FROM unnest(\(database.prefixes)) AS prefix WHERE starts_with(c.relname, prefix)))
                  AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
            ORDER BY c.relkind = 'S', 1
            """)
        guard let role = rows.first?[1], let schema = rows.first?[2].map(SQL.identifier) else { return [] }
        return [
            error(
                "the role \(role) may not read \(rows.compactMap { $0[0] }.listed())",
                remedy:
                    "As their owner, run GRANT SELECT ON ALL TABLES IN SCHEMA \(schema) TO \(SQL.identifier(role)) and "
                    + "GRANT SELECT ON ALL SEQUENCES IN SCHEMA \(schema) TO \(SQL.identifier(role))")
        ]
    }

    /// Tables of which the role would see some rows only, and take them for all.
    private func hiding(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        let rows = try source.rows(
            """
            SELECT c.relname, current_user FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = \(Self.schema) AND c.relname = ANY (\(DendriteTables.all.filter { database.holds($0) }))
                  AND row_security_active(c.oid)
            ORDER BY 1
            """)
        guard let role = rows.first?[1] else { return [] }
        return [
            error(
                "row-level security hides rows of \(rows.compactMap { $0[0] }.listed()) from the role \(role)",
                remedy: "Run ALTER ROLE \(SQL.identifier(role)) BYPASSRLS as a superuser")
        ]
    }

    /// Who is connected to the primary, and how often its tables are written, shows nowhere else.
    private func primary(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        guard try source.value("SELECT 1 WHERE pg_is_in_recovery()") != nil else { return [] }
        return [
            Finding(
                .warning, database.side,
                "it is a standby, where neither a Dendrite that runs nor all that it writes can be noticed",
                remedy:
                    "Name the primary; or make sure that Dendrite is stopped, and that the standby has all that it wrote"
            )
        ]
    }

    /// Tables of other releases, of experiments and of other programs.
    private func others(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        let names = try source.rows(
            """
            SELECT relname FROM pg_class
            WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = \(Self.schema)) AND relkind IN ('r', 'p') AND NOT relispartition
                  AND relname <> ALL (\(DendriteTables.all + DendriteTables.derived))
                  AND relname !~ \(DendriteTables.derivedPattern) AND has_table_privilege(oid, 'SELECT')
            ORDER BY 1
            """
        ).compactMap { $0[0] }
        guard !names.isEmpty else { return [] }
        let filled: [SQL] = names.map { "SELECT \($0) WHERE EXISTS (SELECT 1 FROM \(identifier: $0))" }
        let found = try source.rows("\(raw: filled.map(\.text).joined(separator: " UNION ALL "))").compactMap { $0[0] }
        guard !found.isEmpty else { return [] }
        return [
            Finding(
                .warning, database.side, "tables with rows that are not carried: \(found.listed())",
                remedy:
                    "Synapse has no place for what Dendrite may keep there; what other programs keep in this database is "
                    + "theirs to move")
        ]
    }

    private func running(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        let others = try source.otherSessions()
        return others.isEmpty ? [] : [isRunning("others are connected to it: \(others.listed())")]
    }

    /// Sequences stand outside of transactions, so they show what others do even within a snapshot.
    private func moving(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        guard !sequencesBefore.isEmpty else { return [] }
        let now = try source.sequenceValues()
        let moved = sequencesBefore.filter { now[$0.key] != $0.value }.keys.sorted()
        return moved.isEmpty ? [] : [isRunning("somebody writes to it: \(moved.listed()) went on during the checks")]
    }

    private func isRunning(_ message: String) -> Finding {
        Finding(
            inputs.serversMayRun ? .warning : .error, database.side, message,
            remedy: "Stop Dendrite before the migration; what it writes afterwards would be lost")
    }
}
