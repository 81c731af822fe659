// SPDX-License-Identifier: Apache-2.0

/// Why there is nothing to verify.
public enum VerificationError: Error, Sendable, CustomStringConvertible {
    /// The target knows of no migration.
    case noMigration
    /// A migration was begun and did not end.
    case isNotFinished

    /// What is missing and what to do, in whole sentences.
    public var description: String {
        switch self {
        case .noMigration:
            "There is no migration in Synapse's database, or 'forget' removed its records: there is nothing to go by."
        case .isNotFinished:
            "The migration is not finished: run 'migrate' again to go on, and verify afterwards."
        }
    }
}
