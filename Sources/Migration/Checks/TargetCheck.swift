// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Whether the target is an empty Synapse database, ready to be filled, that nobody uses.
struct TargetCheck {
    let inputs: HomeserverInputs
    /// The database as the operator knows it.
    var side = Sessions.targetSide

    var checks: [DatabaseCheck] { [server, writing, locale, schema, ledger, content, owner, running] }

    /// The oldest schema that has been loaded, and the newest that this version was made for.
    private static let schemaVersions = 88...94
    /// Rows that Synapse has from the start, and traces of a first start.
    private static let fixedTables = [
        "schema_version", "schema_compat_version", "applied_schema_deltas", "applied_module_schemas",
        "appservice_stream_position", "delayed_events_stream_pos", "device_lists_changes_converted_stream_position",
        "device_lists_changes_in_room_max_pruned_stream_id", "event_push_summary_last_receipt_stream_id",
        "event_push_summary_stream_ordering", "federation_stream_position", "room_forgetter_stream_pos",
        "scheduled_tasks", "stats_incremental_position", "user_directory_stream_pos", "background_updates",
        "cache_invalidation_stream_by_instance", "stream_positions", "instance_map", "worker_locks",
        "worker_read_write_locks", "worker_read_write_locks_mode",
    ]

    private func error(_ message: String, remedy: String) -> Finding {
        Finding(.error, side, message, remedy: remedy)
    }

    private func server(_ target: inout Connection) throws(PostgresError) -> [Finding] {
        guard target.serverVersion < 140_000 else { return [] }
        return [
            error(
                "it runs on PostgreSQL \(target.serverVersion / 10_000), which Synapse does not accept",
                remedy: "Use PostgreSQL 14 or later")
        ]
    }

    private func writing(_ target: inout Connection) throws(PostgresError) -> [Finding] {
        let row = try target.rows("SELECT pg_is_in_recovery(), current_setting('transaction_read_only')").first
        guard row?.last == "on" else { return [] }
        return [
            row?.first == "t"
                ? error("it is a standby, which takes no writes", remedy: "Name the primary in homeserver.yaml")
                : error(
                    "it takes no writes, as default_transaction_read_only is on",
                    remedy: "Set it off for the role and the database, or in postgresql.conf")
        ]
    }

    private func locale(_ target: inout Connection) throws(PostgresError) -> [Finding] {
        let rules = try target.textRules()
        let remedy = "Make the database anew: CREATE DATABASE synapse ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
        var findings: [Finding] = []
        if rules.encoding != "UTF8" {
            findings.append(error("its encoding is \(rules.encoding), not UTF8", remedy: remedy))
        }
        guard !inputs.allowsUnsafeLocale else { return findings }
        // Synapse itself looks at the C library's locale alone, which ICU sets aside.
        if let locale = rules.icuLocale {
            findings.append(error("its locale is ICU's \(locale), and Synapse wants C", remedy: remedy))
        } else if rules.collation != "C" || rules.characterType != "C" {
            findings.append(
                error("its locale is \(rules.collation) (\(rules.characterType)), and Synapse wants C", remedy: remedy))
        }
        return findings
    }

    private func schema(_ target: inout Connection) throws(PostgresError) -> [Finding] {
        guard try target.value("SELECT to_regclass('schema_version')") != nil,
            let version = try target.integer("SELECT version FROM schema_version")
        else {
            return [
                error("it holds no tables of Synapse's", remedy: "Run update_synapse_database --run-background-updates")
            ]
        }
        let compatible = try Plan.compatibleVersion(of: &target) ?? version
        let (oldest, newest) = (Self.schemaVersions.lowerBound, Self.schemaVersions.upperBound)
        if version < oldest {
            return [
                error(
                    "its schema has version \(version), older than \(oldest)",
                    remedy: "Install a recent Synapse and run update_synapse_database --run-background-updates")
            ]
        }
        if compatible > newest {
            return [
                error(
                    "its schema, compatible with version \(compatible) at the least, is newer than \(newest)",
                    remedy: "Look for a newer version of matrix-loader")
            ]
        }
        guard version > newest else { return [] }
        return [
            Finding(
                .warning, side,
                "its schema is of version \(version): newer than \(newest), but compatible",
                remedy: "Look for a newer version of matrix-loader, or try this one on a copy")
        ]
    }

    private func ledger(_ target: inout Connection) throws(PostgresError) -> [Finding] {
        guard let found = try Ledger().migration(on: &target) else {
            guard try target.value("SELECT to_regnamespace('matrix_loader')") != nil else { return [] }
            return [
                error(
                    "it has a schema matrix_loader without a migration in it",
                    remedy: "See that it holds nothing of yours, and run DROP SCHEMA matrix_loader")
            ]
        }
        if found.isGivenUp {
            return [error("its migration was given up, and the undoing was interrupted", remedy: "Run 'abort' again")]
        }
        // Where the source does not answer, nobody knows whether it is another.
        guard let asked = inputs.migration, found.inputs != asked else { return [] }
        var message = "it holds a migration that was begun otherwise"
        if let now = try? Inputs(storedAs: asked), let earlier = try? Inputs(storedAs: found.inputs) {
            message += ": then \(earlier.differences(from: now)), now \(now.differences(from: earlier))"
        }
        return [
            error(
                message,
                remedy: "Go on with the command that began it; or, if Dendrite has written since, stop it, give the "
                    + "migration up with 'abort', and start again")
        ]
    }

    private func content(_ target: inout Connection) throws(PostgresError) -> [Finding] {
        // What a migration that was begun has written is no surprise.
        guard try Ledger().migration(on: &target) == nil else { return [] }
        var findings: [Finding] = []
        if try target.value("SELECT to_regclass('background_updates')") != nil,
            let waiting = try target.integer("SELECT count(*) FROM background_updates"), waiting > 0
        {
            findings.append(
                error(
                    "\(waiting) background updates of Synapse's are not done",
                    remedy: "Run update_synapse_database --run-background-updates"))
        }
        let filled = try filledTables(&target)
        if !filled.isEmpty {
            findings.append(
                error(
                    "it is not empty: there are rows in \(filled.listed(atMost: 8))",
                    remedy: "Migrate into a new database; nothing is ever merged into one that is in use"))
        }
        return findings
    }

    private func filledTables(_ target: inout Connection) throws(PostgresError) -> [String] {
        let tables = try target.rows(
            """
            SELECT relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                  AND relname <> ALL (\(Self.fixedTables)) AND has_table_privilege(oid, 'SELECT') ORDER BY relname
            """
        ).compactMap { $0[0] }
        guard !tables.isEmpty else { return [] }
        let questions = tables.map { table in
            ("SELECT \(table) WHERE EXISTS (SELECT 1 FROM public.\(identifier: table))" as SQL).text
        }
        return try target.rows(SQL(raw: questions.joined(separator: " UNION ALL "))).compactMap { $0[0] }
    }

    /// Only an owner may set indexes and triggers aside, and put them back.
    private func owner(_ target: inout Connection) throws(PostgresError) -> [Finding] {
        var findings: [Finding] = []
        let foreign = try target.rows(
            """
            SELECT relname, pg_get_userbyid(relowner), current_user FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
                  AND NOT pg_has_role(relowner, 'USAGE') ORDER BY 1
            """)
        if let row = foreign.first, let owner = row[1], let role = row[2] {
            findings.append(
                error(
                    "the role \(role) does not own \(foreign.compactMap { $0[0] }.listed())",
                    remedy: "Connect as \(owner), as Synapse does, or run GRANT \(SQL.identifier(owner)) TO "
                        + SQL.identifier(role)))
        }
        let mayCreate =
            try target.value(
                """
                SELECT 1 WHERE has_database_privilege(current_database(), 'CREATE')
                               OR to_regnamespace('matrix_loader') IS NOT NULL
                """) != nil
        if !mayCreate {
            findings.append(
                error(
                    "the role may not create a schema in it, where the migration would keep its ledger",
                    remedy: "As the database's owner, run GRANT CREATE ON DATABASE … TO …"))
        }
        return findings
    }

    private func running(_ target: inout Connection) throws(PostgresError) -> [Finding] {
        let others = try target.otherSessions()
        guard !others.isEmpty else { return [] }
        return [
            Finding(
                inputs.serversMayRun ? .warning : .error, side,
                "others are connected to it: \(others.listed())",
                remedy: "Stop Synapse and all its workers until the migration is done")
        ]
    }
}
