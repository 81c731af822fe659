// SPDX-License-Identifier: Apache-2.0
import Postgres

/// A sequence of Synapse and what it must not lie below.
struct SequencePosition: Sendable {
    let name: String
    /// The least value; nil where the sequence stays untouched as long as its tables are empty.
    let floor: Int64?
    /// Tables with the expression of the highest number that each has given out.
    let sources: [(table: String, highest: String)]

    /// Sets the sequence, never below where it is; sequences and tables that an older Synapse lacks are passed over.
    ///
    /// PL/pgSQL plans a statement when it first runs, so one that names an absent table does no harm unless it is
    /// reached. The value counts as given out (`setval`'s third argument): Synapse reads `last_value` as the position
    /// that everybody has seen.
    var settling: SQL {
        let statements: [SQL] = sources.map { source in
            """
            IF to_regclass(\(source.table)) IS NOT NULL THEN
                SELECT \(raw: source.highest) INTO found FROM \(identifier: source.table);
                highest := greatest(highest, found);
            END IF;
            """
        }
        return """
            DO $settle$
            DECLARE
                found bigint;
                highest bigint := \(raw: floor.map(String.init) ?? "NULL");
            BEGIN
                IF to_regclass(\(name)) IS NULL THEN RETURN; END IF;
                \(raw: statements.map(\.text).joined(separator: "\n"))
                IF highest IS NULL THEN RETURN; END IF;
                SELECT last_value INTO found FROM \(identifier: name) WHERE is_called;
                PERFORM setval(\(name), greatest(highest, found), true);
            END $settle$
            """
    }
}
