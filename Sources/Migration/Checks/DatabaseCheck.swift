// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Asks one database about one subject.
typealias DatabaseCheck = (inout Connection) throws(PostgresError) -> [Finding]

extension Connection {
    /// Runs checks one after the other; one that PostgreSQL refuses becomes a finding, and the next still runs.
    mutating func findings(of checks: [DatabaseCheck]) -> [Finding] {
        let isNested = isInTransaction
        var findings: [Finding] = []
        for check in checks {
            do throws(PostgresError) {
                if isNested { try execute("SAVEPOINT one_check") }
                findings += try check(&self)
                if isNested { try execute("RELEASE SAVEPOINT one_check") }
            } catch {
                // On a lost connection this fails too, and so does every check that is left.
                if isNested { _ = try? execute("ROLLBACK TO SAVEPOINT one_check") }
                // The first checks name all tables that are missing (undefined_table) or may not be read
                // (insufficient_privilege).
                if ["42P01", "42501"].contains(error.sqlState), findings.contains(where: { $0.severity == .error }) {
                    continue
                }
                let finding = Finding(refusal: error)
                if !findings.contains(finding) { findings.append(finding) }
            }
        }
        return findings
    }

    /// The current value of each sequence that the role may see.
    mutating func sequenceValues() throws(PostgresError) -> [String: String] {
        let rows = try rows(
            """
            SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences
            WHERE last_value IS NOT NULL AND schemaname = current_schema()
            """)
        return Dictionary(
            rows.compactMap { row in
                guard let name = row[0], let value = row[1] else { return nil }
                return (name, value)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// How the database stores and sorts text.
    mutating func textRules() throws(PostgresError) -> TextRules {
        // Columns that a version of PostgreSQL lacks are no member of the row's JSON.
        let actual: SQL = serverVersion >= 150_000 ? "pg_database_collation_actual_version(oid)" : "NULL"
        let row =
            try rows(
                """
                SELECT pg_encoding_to_char(encoding), datcollate, datctype, row ->> 'datlocprovider',
                       coalesce(row ->> 'datlocale', row ->> 'daticulocale'), row ->> 'datcollversion', \(actual)
                FROM pg_database d CROSS JOIN LATERAL to_jsonb(d) AS row WHERE datname = current_database()
                """
            ).first ?? []
        func field(_ column: Int) -> String { (row.count > column ? row[column] : nil) ?? "" }
        return TextRules(
            encoding: field(0), collation: field(1), characterType: field(2),
            icuLocale: field(3) == "i" ? field(4) : nil, collationVersion: field(5), actualCollationVersion: field(6))
    }

    /// Who else is connected to the database, by the name that the program gives itself, else by its role; tools
    /// with which people look at databases do not count.
    ///
    /// PostgreSQL shows every role the sessions of others, though not what they do.
    mutating func otherSessions() throws(PostgresError) -> [String] {
        try rows(
            """
            SELECT DISTINCT coalesce(nullif(application_name, ''), 'role ' || usename) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
                  AND coalesce(backend_type, 'client backend') = 'client backend'
                  AND coalesce(application_name, '') !~* '^(matrix-loader|psql|pg_dump|pgadmin|dbeaver)' ORDER BY 1
            """
        ).compactMap { $0[0] }
    }
}

extension Finding {
    /// A database that does not let us in.
    init(unreachable error: PostgresError) {
        let remedy =
            if error.message.contains("certificate") || error.message.contains("SSL") {
                "Let sslrootcert name the certificate of the authority that signed the server's, and host the name that "
                    + "the server's is made out to"
            } else if error.message.contains("password") {
                "Correct the password in the configuration file, or in the file that PGPASSFILE names"
            } else if error.isCrowded {
                "Close what else is connected, or allow more: max_connections, or CONNECTION LIMIT of the role or database"
            } else {
                "Start PostgreSQL, or correct the connection settings in the configuration file"
            }
        self.init(.error, error.side, "it cannot be reached: \(error.message)", remedy: remedy)
        isUnreachable = true
    }

    /// A check that PostgreSQL refused.
    init(refusal error: PostgresError) {
        self.init(
            .error, error.side, "it cannot be checked: \(error.message)",
            remedy: error.hint ?? "Let the role that connects read the database")
        isUnreachable = error.isConnectionLoss
    }
}
