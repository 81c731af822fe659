// SPDX-License-Identifier: Apache-2.0
public import Loader

extension Finding {
    /// What is wrong with a configuration file, for the list with everything else.
    public init(_ error: ConfigurationError) {
        let place = error.line.map { "\(error.file), line \($0)" } ?? error.file
        let sentence = error.sentence.hasSuffix(".") ? String(error.sentence.dropLast()) : error.sentence
        // Such sentences end with their remedy, after a colon.
        let parts = sentence.split(separator: ": ", maxSplits: 1).map(String.init)
        let remedy = parts.count == 2 ? parts[1].prefix(1).uppercased() + parts[1].dropFirst() : "Correct the file"
        self.init(.error, place, parts.first ?? sentence, remedy: remedy)
    }
}
