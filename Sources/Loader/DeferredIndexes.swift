// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Sets indexes, constraints and triggers aside before a load and puts them back after it.
///
/// The definitions are stored in the transaction that drops the things themselves, so whatever happens later, any
/// run can put them back. `pg_get_indexdef` and `pg_get_constraintdef` are PostgreSQL's own words for them, NOT VALID
/// included.
struct DeferredIndexes: Sendable {
    /// What is to be dropped: kind, table, name, the statements that put it back, and those that take it away.
    ///
    /// `conindid` of a foreign key names the index that it refers to, hence the filter by `contype`.
    private static func things(_ tables: [String]) -> SQL {
        """
        WITH t AS (SELECT c.oid, c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (\(tables)))
        SELECT 1 AS part, 'foreign key' AS kind, c.conrelid::regclass::text AS table_name, c.conname::text AS name,
               format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) AS back,
               format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) AS away, 0::bigint AS size
        FROM pg_constraint c WHERE c.contype = 'f' AND c.conparentid = 0
             AND (c.conrelid IN (SELECT oid FROM t) OR c.confrelid IN (SELECT oid FROM t))
        UNION ALL
        SELECT 2, 'index', t.relname::text, i.relname::text, pg_get_indexdef(c.conindid)
               || coalesce(format('; COMMENT ON INDEX %s IS %L', c.conindid::regclass, obj_description(c.conindid, 'pg_class')), ''),
               '', 0
        FROM pg_constraint c JOIN t ON t.oid = c.conrelid JOIN pg_class i ON i.oid = c.conindid WHERE c.contype IN ('p', 'u')
        UNION ALL
        SELECT 2, 'constraint', t.relname::text, c.conname::text,
               format('ALTER TABLE %s ADD CONSTRAINT %I %s USING INDEX %I', c.conrelid::regclass,
                   c.conname, CASE c.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, i.relname)
               || CASE WHEN c.condeferrable THEN ' DEFERRABLE' ELSE '' END
               || CASE WHEN c.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END
               || CASE WHEN x.indisclustered THEN format('; ALTER TABLE %s CLUSTER ON %I', c.conrelid::regclass, i.relname) ELSE '' END
               || coalesce(format('; COMMENT ON CONSTRAINT %I ON %s IS %L', c.conname, c.conrelid::regclass,
                                  obj_description(c.oid, 'pg_constraint')), ''),
               format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname), 0
        FROM pg_constraint c JOIN t ON t.oid = c.conrelid JOIN pg_class i ON i.oid = c.conindid
             JOIN pg_index x ON x.indexrelid = c.conindid
        WHERE c.contype IN ('p', 'u')
        UNION ALL
        SELECT 3, 'index', t.relname::text, i.relname::text,
               pg_get_indexdef(x.indexrelid)
               || CASE WHEN x.indisclustered THEN format('; ALTER TABLE %s CLUSTER ON %I', x.indrelid::regclass, i.relname) ELSE '' END
               || coalesce(format('; COMMENT ON INDEX %s IS %L', x.indexrelid::regclass, obj_description(x.indexrelid, 'pg_class')), ''),
               format('DROP INDEX %s', x.indexrelid::regclass), 0
        FROM pg_index x JOIN t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        WHERE NOT x.indisreplident AND NOT EXISTS (
            SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x'))
        UNION ALL
        SELECT 4, 'trigger', t.relname::text, g.tgname::text,
               format('ALTER TABLE %s ENABLE %s TRIGGER %I', t.oid::regclass,
                   CASE g.tgenabled WHEN 'R' THEN 'REPLICA' WHEN 'A' THEN 'ALWAYS' ELSE '' END, g.tgname),
               format('ALTER TABLE %s DISABLE TRIGGER %I', t.oid::regclass, g.tgname), 0
        FROM pg_trigger g JOIN t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'
        ORDER BY 1, 3, 4
        """
    }

    /// Takes everything away from the tables, in one transaction with the record of it.
    ///
    /// - Throws: ``PostgresError``; then nothing was taken away.
    func setAside(_ tables: [String], on target: inout Connection) throws {
        guard !tables.isEmpty else { return }
        try target.transaction { target in
            let first = Int(try target.integer("SELECT coalesce(max(number), 0) + 1 FROM matrix_loader.set_aside") ?? 1)
            for (offset, row) in try target.rows(Self.things(tables)).enumerated() {
                guard let kind = row[1], let table = row[2], let name = row[3], let back = row[4], let away = row[5] else {
                    continue
                }
                try target.execute(
                    """
                    INSERT INTO matrix_loader.set_aside (number, table_name, kind, name, definition)
                    VALUES (\(first + offset), \(table), \(kind), \(name), \(back))
                    """)
                if !away.isEmpty { try target.execute(SQL(raw: away)) }
            }
        }
    }

    /// What is away at this moment.
    func away(on target: inout Connection) throws(PostgresError) -> [DeferredIndex] {
        try target.rows(
            "SELECT number, table_name, kind, name, definition FROM matrix_loader.set_aside WHERE is_away ORDER BY number"
        ).compactMap { row in
            guard let number = row[0].flatMap({ Int($0) }), let table = row[1],
                let kind = row[2].flatMap(DeferredIndex.Kind.init), let name = row[3], let definition = row[4]
            else { return nil }
            return DeferredIndex(number: number, table: table, kind: kind, name: name, definition: definition)
        }
    }

    /// Puts one thing back, and says so in the same transaction.
    ///
    /// - Throws: ``PostgresError``, such as a unique violation by what was loaded; then it stays away and on record.
    func restore(_ item: DeferredIndex, on target: inout Connection) throws {
        try target.transaction { target in
            // Another process may have been faster.
            let isAway = try target.value(
                "SELECT 1 FROM matrix_loader.set_aside WHERE number = \(item.number) AND is_away FOR UPDATE") != nil
            guard isAway else { return }
            try target.execute(SQL(raw: item.definition))
            try target.execute("UPDATE matrix_loader.set_aside SET is_away = false WHERE number = \(item.number)")
        }
    }
}
