// SPDX-License-Identifier: Apache-2.0
import Loader

extension Sequence<Finding> {
    /// The findings for people, errors first: what is wrong, and below it what to do.
    var text: String {
        let sorted = filter { $0.severity == .error } + filter { $0.severity == .warning }
        return sorted.map { finding in
            "\(finding.severity.rawValue): \(finding.subject): \(finding.message).\n"
                + (finding.remedy.isEmpty ? "  " : "  \(finding.remedy).\n").replacing("..\n", with: ".\n")
        }.joined()
    }
}
