// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Sets indexes, constraints and triggers aside before a load and puts them back after it.
///
/// The definitions are stored in the transaction that drops the things themselves, so whatever happens later, any
/// run can put them back. `pg_get_indexdef` and `pg_get_constraintdef` are PostgreSQL's own words for them, NOT VALID
/// included.
struct DeferredIndexes: Sendable {
    /// What is to be dropped: kind, table, name, the statements that put it back, and that which takes it away.
    ///
    /// A constraint is two things: its index, which index jobs build beside each other, and what makes it the
    /// constraint's, which locks the table exclusively; two jobs that did both on one table would wait for each other.
    /// `conindid` of a foreign key names the index that it refers to, hence the filters by `contype`.
    ///
    /// An index says its tablespace even where it is the database's own: another may be the session's, or have been set for the
    /// index before it.
    ///
    /// A foreign key is two things as well: added unchecked in no time, under a lock that keeps all others from both tables,
    /// and checked against the rows under one that keeps out little else. Partitioned tables know only both at once.
    private static func things(_ tables: [String], indexesOf big: [String]) -> SQL {
        """
        WITH t AS (
            SELECT oid, oid::regclass::text AS sql, relname::text AS name FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relname = ANY (\(tables))
        ), i AS (
            SELECT x.*, t.sql, t.name AS table_name, p.relname AS name, s.spcname, c.oid AS constraint_oid, c.conname,
                   c.contype, c.condeferrable, c.condeferred
            FROM pg_index x JOIN t ON t.oid = x.indrelid JOIN pg_class p ON p.oid = x.indexrelid
                 LEFT JOIN pg_tablespace s ON s.oid = p.reltablespace
                 LEFT JOIN pg_constraint c ON c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x')
            WHERE c.contype IS DISTINCT FROM 'x' AND t.name = ANY (\(big))
        ), f AS (
            SELECT c.oid, c.conname::text AS conname, c.conrelid::regclass::text AS sql, p.relname::text AS name,
                   c.convalidated AND p.relkind = 'r' AND r.relkind = 'r' AS is_validated
            FROM pg_constraint c JOIN pg_class p ON p.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid
            WHERE c.contype = 'f' AND c.conparentid = 0
                  AND (c.conrelid IN (SELECT oid FROM t) OR c.confrelid IN (SELECT oid FROM t))
        )
        SELECT 1 AS part, 'foreign key' AS kind, f.name AS table_name, conname AS name,
               concat_ws('; ',
                   format('ALTER TABLE %s ADD CONSTRAINT %I %s', sql, conname, pg_get_constraintdef(oid))
                       || CASE WHEN is_validated THEN ' NOT VALID' ELSE '' END,
                   (SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, sql, said)
                    FROM obj_description(oid, 'pg_constraint') said WHERE said IS NOT NULL)) AS back,
               format('ALTER TABLE %s DROP CONSTRAINT %I', sql, conname) AS away
        FROM f
        UNION ALL
        SELECT 6, 'foreign key check', f.name, conname, format('ALTER TABLE %s VALIDATE CONSTRAINT %I', sql, conname), NULL
        FROM f WHERE is_validated
        UNION ALL
        SELECT CASE WHEN constraint_oid IS NULL THEN 3 ELSE 2 END, 'index', table_name, name,
               concat_ws('; ', format('SET LOCAL default_tablespace = %L', coalesce(spcname, '')), pg_get_indexdef(indexrelid),
                   (SELECT format('COMMENT ON INDEX %s IS %L', indexrelid::regclass, said)
                    FROM obj_description(indexrelid, 'pg_class') said WHERE said IS NOT NULL)),
               CASE WHEN constraint_oid IS NULL THEN format('DROP INDEX %s', indexrelid::regclass) END
        FROM i
        UNION ALL
        SELECT 4, 'constraint', table_name, coalesce(conname, name),
               concat_ws('; ', CASE WHEN constraint_oid IS NOT NULL THEN
                       format('ALTER TABLE %s ADD CONSTRAINT %I %s USING INDEX %I', sql, conname,
                              CASE contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, name)
                       || CASE WHEN condeferrable THEN ' DEFERRABLE' ELSE '' END
                       || CASE WHEN condeferred THEN ' INITIALLY DEFERRED' ELSE '' END END,
                   (SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, sql, said)
                    FROM obj_description(constraint_oid, 'pg_constraint') said WHERE said IS NOT NULL),
                   CASE WHEN indisclustered THEN format('ALTER TABLE %s CLUSTER ON %I', sql, name) END,
                   CASE WHEN indisreplident THEN
                       format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', sql, name) END),
               CASE WHEN constraint_oid IS NOT NULL THEN format('ALTER TABLE %s DROP CONSTRAINT %I', sql, conname) END
        FROM i WHERE constraint_oid IS NOT NULL OR indisclustered OR indisreplident
        UNION ALL
        SELECT 5, 'trigger', t.name, g.tgname::text,
               format('ALTER TABLE %s ENABLE %s TRIGGER %I', t.sql,
                   CASE g.tgenabled WHEN 'R' THEN 'REPLICA' WHEN 'A' THEN 'ALWAYS' ELSE '' END, g.tgname),
               format('ALTER TABLE %s DISABLE TRIGGER %I', t.sql, g.tgname)
        FROM pg_trigger g JOIN t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'
        ORDER BY 1, 3, 4
        """
    }

    /// Takes foreign keys and triggers away from the tables, so that loads may run in any order, and from the big ones
    /// their indexes; in one transaction with the record of it.
    ///
    /// - Throws: ``PostgresError``; then nothing was taken away.
    func setAside(_ tables: [String], indexesOf big: [String], on target: inout Connection) throws {
        guard !tables.isEmpty else { return }
        try target.transaction { target in
            let first = Int(try target.integer("SELECT coalesce(max(number), 0) + 1 FROM matrix_loader.set_aside") ?? 1)
            for (offset, row) in try target.rows(Self.things(tables, indexesOf: big)).enumerated() {
                guard let kind = row[1], let table = row[2], let name = row[3], let back = row[4]
                else { continue }
                try target.execute(
                    """
                    INSERT INTO matrix_loader.set_aside (number, table_name, kind, name, definition)
                    VALUES (\(first + offset), \(table), \(kind), \(name), \(back))
                    """)
                if let away = row[5] { try target.execute(SQL(raw: away)) }
            }
            Failpoint.reach(.settingAside)
        }
    }

    /// What is away at this moment.
    ///
    /// - Throws: ``PostgresError``; ``LedgerError`` for a kind that a later version of this program has set aside.
    func away(on target: inout Connection) throws -> [DeferredIndex] {
        var away: [DeferredIndex] = []
        for row in try target.rows(
            "SELECT number, table_name, kind, name, definition FROM matrix_loader.set_aside WHERE is_away ORDER BY number"
        ) {
            guard let number = row[0].flatMap({ Int($0) }), let table = row[1], let name = row[3],
                let definition = row[4], let kind = row[2].flatMap(DeferredIndex.Kind.init)
            else { throw LedgerError.unknownKind(row[2] ?? "thing") }
            away.append(DeferredIndex(number: number, table: table, kind: kind, name: name, definition: definition))
        }
        return away
    }

    /// Puts one thing back, and says so in the same transaction.
    ///
    /// - Throws: ``PostgresError``, such as a unique violation by what was loaded; then it stays away and on record.
    func restore(_ item: DeferredIndex, on target: inout Connection) throws {
        try target.transaction { target in
            // Another process may have been faster.
            let isAway =
                try target.value(
                    "SELECT 1 FROM matrix_loader.set_aside WHERE number = \(item.number) AND is_away FOR UPDATE") != nil
            guard isAway else { return }
            if item.kind == .index, item.definition.contains(" USING btree ") {
                _ = try target.value(Self.sortMemory(for: item.table))
            }
            try target.execute(SQL(raw: item.definition))
            try target.execute("UPDATE matrix_loader.set_aside SET is_away = false WHERE number = \(item.number)")
            Failpoint.reach(.restoring)
        }
        Failpoint.reach(.restored)
    }

    /// Has PostgreSQL sort an index's rows, for the rest of the transaction, in pieces that the processor's caches hold.
    ///
    /// Where keys begin alike, as events of one room do, sorting waits for memory: pieces of 4 MB take half of the time of one of
    /// 256 MB for a million events. More for larger tables, so that pieces stay few: PostgreSQL merges at once as many as
    /// it can read by 272 kB each, and all again where there are more. Never more than the session has.
    private static func sortMemory(for table: String) -> SQL {
        """
        SELECT set_config('maintenance_work_mem', least(
            pg_size_bytes(current_setting('maintenance_work_mem')) / 1024,
            greatest(4096, sqrt(272 * pg_table_size(to_regclass(quote_ident(\(table)))) / 1024 / 4))::bigint) || 'kB', true)
        """
    }
}
