// SPDX-License-Identifier: Apache-2.0
import Loader
import Options
import Postgres

/// What went wrong, in a sentence, and what to do about it.
struct Failure: Encodable {
    var outcome = "failed"
    let error: String
    let exitCode: Int32
    /// What the checks found, if it was them.
    let findings: [Finding]?

    var ending: Ending { Ending(rawValue: exitCode) ?? .failed }

    init(_ error: any Error, of command: String? = nil) {
        let ending = Ending(error)
        exitCode = ending.rawValue
        findings = (error as? Obstacles)?.findings
        let goesOn = command == "migrate" || command == "worker"
        self.error =
            switch error {
            case is CancellationError where command == "worker":
                "Stopped; the others go on, and the same command joins them again."
            case is CancellationError where command == "bench":
                "Stopped; there is no result, and the same command measures from the beginning."
            case is CancellationError: "Stopped; run the same command to go on."
            case let row as RejectedRow:
                "A row cannot be loaded: \(row.description.sentence) Run the same command with --on-bad-row skip to "
                    + "go on without such rows."
            case let postgres as PostgresError where postgres.isCrowded && goesOn:
                postgres.description.sentence
                    + " Allow more, or give fewer --workers and --index-jobs, and the same command goes on."
            case let postgres as PostgresError where postgres.isShortage && goesOn:
                postgres.description.sentence + " Make room, and the same command goes on."
            case let postgres as PostgresError where postgres.isConnectionLoss && goesOn:
                postgres.description.sentence + " When it answers again, the same command goes on."
            case is PostgresError: "\(error)".sentence
            default: "\(error)"
            }
    }
}
