// SPDX-License-Identifier: Apache-2.0
import Generator
import Loader
import MediaCopier
import Migration
import Options
import Postgres

/// How the program ends, as its exit code.
enum Ending: Int32, CaseIterable, Sendable {
    case done = 0
    case failed = 1
    case doneWithRejectedRows = 3
    case database = 4
    case media = 5
    case checkErrors = 10
    case checkWarnings = 11
    case usage = 64
    case interrupted = 130

    /// For help and manual.
    var exitCode: ExitCode { exitCode(meaning) }

    /// The same in words of a command's own.
    func exitCode(_ meaning: String) -> ExitCode { ExitCode(rawValue, meaning) }

    private var meaning: String {
        switch self {
        case .done: "all is done"
        case .failed: "it failed; the last line on standard error says why"
        case .doneWithRejectedRows:
            "all is done but for rows or media that could not be carried, which the rejects file names"
        case .database: "a database refused or could not be reached; run the same command again"
        case .media: "media could not be copied; the same command tries again"
        case .checkErrors:
            "something stands in the way that the checks found, or a configuration file that cannot be used; this "
                + "run wrote nothing"
        case .checkWarnings: "the checks found nothing but warnings"
        case .usage: "the command line is wrong"
        case .interrupted: "it was stopped by a signal; the same command goes on"
        }
    }

    /// What an error means for the exit code.
    init(_ error: any Error) {
        self =
            switch error {
            case is UsageError, is GeneratorError, is Failpoint.Unknown: .usage
            case is CancellationError: .interrupted
            case let left as DryRunLeft: Ending(left.reason)
            case is PostgresError, BenchError.mayNotCreate, BenchError.isInUse: .database
            case is MediaError: .media
            case let obstacles as Obstacles where !obstacles.findings.isEmpty && obstacles.isUnreachable: .database
            case is Obstacles, is ConfigurationError: .checkErrors
            case MigrationError.doesNotFit: .checkErrors
            case MigrationError.noMediaFolders: .usage
            default: .failed
            }
    }

    /// What the checks' findings mean for the exit code of `check`.
    init(_ findings: [Finding]) {
        self = findings.contains { $0.severity == .error } ? .checkErrors : findings.isEmpty ? .done : .checkWarnings
    }
}
