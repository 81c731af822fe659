// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// What the target was like before, and how it becomes so again.
extension Ledger {
    /// Writes down the rows that are in the tables before anything is loaded, and where every sequence stands.
    ///
    /// Tables that refer to those by foreign keys count too: they cannot be emptied apart.
    func keep(_ tables: [String], on target: inout Connection) throws(PostgresError) {
        try target.execute(
            """
            CREATE TABLE matrix_loader.kept_table (table_name text PRIMARY KEY);
            CREATE TABLE matrix_loader.kept_row (table_name text NOT NULL, content json NOT NULL);
            CREATE TABLE matrix_loader.kept_sequence (
                sequence_name text NOT NULL, is_after boolean NOT NULL, last_value bigint NOT NULL,
                is_called boolean NOT NULL);
            INSERT INTO matrix_loader.kept_table
            WITH RECURSIVE reached (id) AS (
                SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                       AND relname = ANY (\(Set(tables).sorted()))
                UNION
                SELECT c.conrelid FROM pg_constraint c JOIN reached ON c.confrelid = id WHERE c.contype = 'f')
            SELECT relname FROM reached JOIN pg_class ON oid = id
                   WHERE relnamespace = 'public'::regnamespace AND NOT relispartition;
            DO $keep$
            DECLARE
                t text;
            BEGIN
                FOR t IN SELECT table_name FROM matrix_loader.kept_table LOOP
                    EXECUTE format(
                        'INSERT INTO matrix_loader.kept_row SELECT %L, row_to_json(r) FROM public.%I r', t, t);
                END LOOP;
            END $keep$
            """)
        try keepSequences(isAfter: false, on: &target)
    }

    /// Writes down where every sequence stands, before the migration or after it.
    func keepSequences(isAfter: Bool, on target: inout Connection) throws(PostgresError) {
        try target.execute(
            """
            DO $keep$
            DECLARE
                s text;
            BEGIN
                FOR s IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
                    EXECUTE format(
                        'INSERT INTO matrix_loader.kept_sequence SELECT %L, %L, last_value, is_called FROM public.%I',
                        s, \(isAfter), s);
                END LOOP;
            END $keep$
            """)
    }

    /// Sequences that have moved since the migration ended: somebody uses what was loaded.
    ///
    /// None where it has not ended.
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func movedSequences(on target: inout Connection) throws(PostgresError) -> [String] {
        var moved: [String] = []
        for row in try target.rows(
            "SELECT sequence_name, last_value FROM matrix_loader.kept_sequence WHERE is_after ORDER BY sequence_name")
        {
            guard let name = row[0], try target.value("SELECT to_regclass(\(SQL.identifier(name)))") != nil else {
                continue
            }
            if try target.value("SELECT last_value FROM public.\(identifier: name)") != row[1] { moved.append(name) }
        }
        return moved
    }

    /// Says that the migration can only be undone.
    ///
    /// - Parameter closing: statements that belong to the same transaction, such as keep others from the target.
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func giveUp(_ closing: [SQL] = [], on target: inout Connection) throws {
        try target.transaction { target in
            try target.execute(Self.durably)
            for statement in closing { try target.execute(statement) }
            try target.execute("UPDATE matrix_loader.migration SET is_given_up = true")
        }
        Failpoint.reach(.givenUp)
    }

    /// Puts the target back to what it was before the migration, and removes the ledger, in one transaction.
    ///
    /// What Synapse itself had written before, such as positions of its streams, is there again.
    /// - Parameter closing: what keeps others from the target until it is undone; what it changes is put back last.
    /// - Throws: ``PostgresError``; then nothing has changed but sequences, which no transaction holds, what `closing` did,
    ///   and the ledger's word that the migration was given up: it can only be undone.
    public func undo(_ closing: [SQL] = [], on target: inout Connection) throws {
        try giveUp(closing, on: &target)
        try target.transaction { target in
            try target.execute(Self.durably)
            let tables = try target.rows("SELECT table_name FROM matrix_loader.kept_table ORDER BY 1").compactMap {
                $0[0]
            }
            if !tables.isEmpty {
                let names = tables.map { SQL.identifier("public.\($0)") }.joined(separator: ", ")
                try target.execute("TRUNCATE \(raw: names)")
            }
            let away = try DeferredIndexes().away(on: &target)
            for kind in [DeferredIndex.Kind.index, .constraint] {
                for item in away where item.kind == kind { try target.execute(SQL(raw: item.definition)) }
            }
            try target.execute(Self.restoration)
            // Keys that are checked at the end of a transaction would keep their tables from being altered until then.
            try target.execute("SET CONSTRAINTS ALL IMMEDIATE")
            // Triggers would act on the rows that are put back, and foreign keys judge their order.
            for kind in [DeferredIndex.Kind.foreignKey, .validation, .trigger] {
                for item in away where item.kind == kind { try target.execute(SQL(raw: item.definition)) }
            }
            try target.execute("DROP SCHEMA matrix_loader CASCADE")
            try GatheredTables.drop(on: &target)
            Failpoint.reach(.undoing)
        }
    }

    private static let restoration: SQL = """
        DO $restore$
        DECLARE
            t text;
            s record;
        BEGIN
            FOR t IN SELECT DISTINCT table_name FROM matrix_loader.kept_row LOOP
                EXECUTE format('INSERT INTO public.%I SELECT r.* FROM matrix_loader.kept_row k, '
                    'LATERAL json_populate_record(NULL::public.%I, k.content) r WHERE k.table_name = %L', t, t, t);
            END LOOP;
            FOR s IN SELECT * FROM matrix_loader.kept_sequence WHERE NOT is_after LOOP
                PERFORM setval(format('public.%I', s.sequence_name)::regclass, s.last_value, s.is_called);
            END LOOP;
        END $restore$
        """

    /// Removes the ledger, and what a run that was killed at its very end may have left beside it, and nothing else.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer or the role does not own it.
    public func forget(on target: inout Connection) throws(PostgresError) {
        try target.execute("DROP SCHEMA IF EXISTS matrix_loader CASCADE")
        try GatheredTables.drop(on: &target)
    }
}
