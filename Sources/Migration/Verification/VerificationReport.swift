// SPDX-License-Identifier: Apache-2.0

/// What ``Migration/verify(sample:)`` looked at and what it found wrong.
public struct VerificationReport: Sendable, Codable {
    /// One thing that was looked at.
    public struct Check: Sendable, Codable, Hashable {
        /// What must hold, as a sentence without its full stop.
        public var name: String
        /// How many rows, events or files it was asked of.
        public var examined: Int
        /// How many of them it does not hold for.
        public var wrong: Int
        /// Names of some of those that are wrong, never what is in them.
        public var examples: [String]

        init(_ name: String, examined: Int = 0, wrong: Int = 0, examples: [String] = []) {
            self.name = name
            self.examined = examined
            self.wrong = wrong
            self.examples = examples
        }
    }

    /// The most examples of one check.
    public static let exampleLimit = 5

    /// In the order in which they were made.
    public internal(set) var checks: [Check] = []
    /// Whether Synapse has been used since the migration; then it may hold more, and less of what it removes itself.
    public internal(set) var isUsed = false
    /// Whether no file of media was looked at, as nobody said where they are.
    public internal(set) var leavesFilesOut = false

    init() {}

    /// Whether nothing is wrong.
    public var isWhole: Bool { checks.allSatisfy { $0.wrong == 0 } }
}

extension VerificationReport.Check {
    mutating func note(wrong example: String) {
        wrong += 1
        if examples.count < VerificationReport.exampleLimit { examples.append(example) }
    }
}
