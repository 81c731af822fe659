// SPDX-License-Identifier: Apache-2.0
import Loader

extension Sequence<Finding> {
    /// The findings for people, errors first: what is wrong, and below it what to do.
    var text: String {
        let sorted = filter { $0.severity == .error } + filter { $0.severity == .warning }
        return sorted.map { finding in
            "\(finding.severity.rawValue): \(finding.subject): \(finding.message.sentence)\n"
                + (finding.remedy.isEmpty ? "" : "  \(finding.remedy.sentence)\n")
        }.joined()
    }
}

extension String {
    /// The text on one line, with a full stop unless it has an end.
    var sentence: String {
        let line = split(whereSeparator: \.isWhitespace).joined(separator: " ").replacing(";;", with: ";")
        return line.last.map { ".?!".contains($0) } ?? true ? line : line + "."
    }
}
