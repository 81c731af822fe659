// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Verification {
    /// Asks the target whether it keeps Synapse's own rules.
    func invariants(_ target: inout Connection) throws(PostgresError) -> [VerificationReport.Check] {
        var checks: [VerificationReport.Check] = []
        var sizes: [String: Int] = [:]
        for invariant in Invariant.all {
            var check = VerificationReport.Check(invariant.rule)
            if sizes[invariant.table] == nil {
                sizes[invariant.table] = Int(
                    try target.integer("SELECT count(*) FROM \(identifier: invariant.table)") ?? 0)
            }
            check.examined = sizes[invariant.table] ?? 0
            for row in try target.rows(
                "SELECT count(*) OVER (), v.name FROM (\(invariant.violations)) AS v (name) LIMIT \(VerificationReport.exampleLimit)"
            ) {
                check.wrong = row[0].flatMap { Int($0) } ?? 0
                check.examples.append(row[1] ?? "")
            }
            checks.append(check)
        }
        return checks + [try sequences(&target)]
    }

    /// No sequence may give out a number again.
    private func sequences(_ target: inout Connection) throws(PostgresError) -> VerificationReport.Check {
        var check = VerificationReport.Check("Sequences go on above all numbers that were given out")
        for sequence in plan.sequences where try target.value("SELECT to_regclass(\(sequence.name))") != nil {
            check.examined += 1
            let last = try target.integer("SELECT last_value FROM \(identifier: sequence.name)") ?? 0
            var highest = sequence.floor ?? 0
            for source in sequence.sources where try target.value("SELECT to_regclass(\(source.table))") != nil {
                highest = max(
                    highest, try target.integer("SELECT \(raw: source.highest) FROM \(identifier: source.table)") ?? 0)
            }
            if last < highest { check.note(wrong: "\(sequence.name) is at \(last), but \(highest) was given out") }
        }
        return check
    }
}
