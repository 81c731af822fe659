// SPDX-License-Identifier: Apache-2.0
import Loader
import Migration
import Options
import Postgres
import Testing

@testable import matrix_loader

@Suite("The exit code")
struct EndingTests {
    private static let unreachable: Finding = {
        var finding = Finding(.error, "a", "it cannot be reached", remedy: "c")
        finding.isUnreachable = true
        return finding
    }()
    private static let cases: [(any Error, Int32)] = [
        (UsageError("", explanation: ""), 64), (CancellationError(), 130),
        (PostgresError(side: "a", message: "b"), 4), (Obstacles(findings: []), 10),
        (Obstacles(findings: [Finding(.error, "a", "b", remedy: "c")]), 10),
        (Obstacles(findings: [unreachable, Finding(.warning, "a", "b", remedy: "c")]), 4),
        (Obstacles(findings: [unreachable, Finding(.error, "a", "b", remedy: "c")]), 10),
        (ConfigurationError(file: "f", sentence: "s"), 10), (MigrationError.doesNotFit([]), 10),
        (KeyNotInPlace(error: ConfigurationError(file: "f", sentence: "s.")), 1), (MigrationError.isRunning, 1),
        (MigrationError.noMediaFolders, 64), (RejectedRow(key: "k", reason: "r"), 1),
        (BenchError.mayNotCreate(role: "a", refusal: "b"), 4), (BenchError.isInUse(database: "a"), 4),
        (BenchError.sourceHasMoved(["a"]), 1), (LedgerError.unknownLoad("a"), 1), (LedgerError.unknownKind("a"), 1),
        (DryRunLeft(reason: MigrationError.isRunning), 1),
        (DryRunLeft(reason: PostgresError(side: "a", message: "b")), 4),
    ]

    @Test("is one of those that are documented", arguments: cases)
    func errors(error: any Error, code: Int32) {
        #expect(Ending(error).rawValue == code)
        #expect(Failure(error).exitCode == code)
    }

    @Test("of a check follows from the worst finding")
    func findings() {
        let warning = Finding(.warning, "a", "b", remedy: "c")
        let error = Finding(.error, "a", "b", remedy: "c")
        #expect(Ending([Finding]()) == .done)
        #expect(Ending([warning]) == .checkWarnings)
        #expect(Ending([warning, error]) == .checkErrors)
    }

    @Test("comes with a sentence that says how to go on")
    func sentences() {
        #expect(Failure(CancellationError()).error == "Stopped; run the same command to go on.")
        #expect(Failure(CancellationError(), of: "bench").error.contains("measures from the beginning"))
        #expect(Failure(RejectedRow(key: "$a", reason: "why")).error.contains("--on-bad-row skip"))
        let lost = PostgresError(side: "Synapse's database", message: "server closed the connection")
        #expect(Failure(lost, of: "migrate").error.hasSuffix("the same command goes on."))
        #expect(Failure(LedgerError.unknownLoad("a"), of: "migrate").error.contains("which this version does not know"))
        #expect(Failure(lost, of: "status").error == "Synapse's database: server closed the connection.")
    }

    @Test("comes with what to change where there may be no more sessions, as waiting does not help")
    func crowded() {
        for message in ["FATAL: too many connections for role \"a\"", "FATAL: sorry, too many clients already"] {
            let error = PostgresError(side: "Synapse's database", message: message)
            #expect(Failure(error, of: "migrate").error.contains("give fewer --workers and --index-jobs"))
        }
    }

    @Test("of findings has their text, errors first, each with its remedy")
    func text() {
        let findings = [
            Finding(.warning, "a", "b", remedy: "c"), Finding(.error, "x", "y\n\tz?", remedy: "Do it"),
            Finding(.error, "f", "g", remedy: ""),
        ]
        #expect(findings.text == "error: x: y z?\n  Do it.\nerror: f: g.\nwarning: a: b.\n  c.\n")
    }
}
