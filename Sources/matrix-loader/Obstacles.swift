// SPDX-License-Identifier: Apache-2.0
import Loader

/// What stands in the way of a migration: the checks' findings, all at once.
struct Obstacles: Error, CustomStringConvertible {
    let findings: [Finding]

    var description: String {
        let errors = findings.count { $0.severity == .error }
        return errors == 1
            ? "One thing stands in the way; nothing was written."
            : "\(errors) things stand in the way; nothing was written."
    }
}
