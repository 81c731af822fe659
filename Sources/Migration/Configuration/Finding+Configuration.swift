// SPDX-License-Identifier: Apache-2.0
public import Loader

extension Finding {
    /// What is wrong with a configuration file, for the list with everything else.
    public init(_ error: ConfigurationError) {
        let place = error.line.map { "\(error.file), line \($0)" } ?? error.file
        let sentence = error.sentence.hasSuffix(".") ? String(error.sentence.dropLast()) : error.sentence
        // The sentence says what to do, where there is something to say.
        self.init(.error, place, sentence, remedy: "")
    }
}
