// SPDX-License-Identifier: Apache-2.0
import Loader

/// What stands in the way of a migration: the checks' findings, all at once.
struct Obstacles: Error, CustomStringConvertible {
    let findings: [Finding]

    /// Whether nothing is wrong but that a database does not answer.
    var isUnreachable: Bool { findings.allSatisfy { $0.severity == .warning || $0.isUnreachable } }

    var description: String {
        let errors = findings.count { $0.severity == .error }
        return (errors == 1 ? "One thing stands" : "\(errors) things stand")
            + " in the way; this run has written nothing."
    }
}
