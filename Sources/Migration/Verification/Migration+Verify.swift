// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Postgres

extension Migration {
    /// Compares a finished migration's target with its source, and the target with Synapse's own rules.
    ///
    /// Both databases are only read, each in one snapshot, and Synapse may run and may have been used since: it may
    /// hold more than Dendrite did, but nothing may be missing of what it never removes by itself.
    ///
    /// - Parameter sample: how many events and files of media are looked at closely; all are counted.
    /// - Throws: ``VerificationError`` without a finished migration; ``MigrationError`` of one that was given up;
    ///   ``CancellationError`` if somebody asked to stop; ``PostgresError``.
    public func verify(sample: Int = 1000) throws -> VerificationReport {
        var target = try openWholeTarget()
        var source = try openWholeSource()
        stop.register(source.canceller)
        stop.register(target.canceller)
        defer { source.rollBack() }
        return try target.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY") { target in
            guard let migration = try Ledger().migration(on: &target) else { throw VerificationError.noMigration }
            guard !migration.isGivenUp else { throw MigrationError.isGivenUp }
            guard migration.isFinished else { throw VerificationError.isNotFinished }
            var plan = try Plan(storedAs: migration.plan)
            plan.applicationServiceTokens = homeservers.applicationServiceTokens
            let inputs = try? Inputs(storedAs: migration.inputs)
            // Who left them out does not miss them.
            let hasMedia = inputs?.skipMedia != true && !settings.skipMedia
            plan.media = hasMedia ? try mediaInputs(&source) : nil
            let verification = Verification(
                plan: plan, isUsed: try isTargetUsed(&target),
                rejected: Set(try Ledger().rejected(on: &target).map(\.row.key)), sample: max(sample, 1))
            var report = VerificationReport()
            report.isUsed = verification.isUsed
            report.checks = try verification.counts(&source, &target)
            // A part of a server, loaded for a trial, cannot keep the rules of a whole one.
            guard inputs?.phases.isEmpty ?? true else { return report }
            report.checks += try verification.events(&source, &target)
            report.checks += try verification.transactions(&source, &target)
            report.checks += try verification.memberships(&source, &target)
            report.checks += try verification.sampledEvents(&source, &target)
            if hasMedia {
                report.checks.append(try verification.knownMedia(&source, &target))
                if let store = homeservers.mediaStorePath {
                    report.checks.append(try verification.files(in: store, &target))
                } else {
                    report.leavesFilesOut = true
                }
            }
            report.checks += try verification.invariants(&target)
            return report
        }
    }
}
