// SPDX-License-Identifier: Apache-2.0
public import Loader

/// Why a migration may not run now, and what to do about it.
public enum MigrationError: Error, Sendable, CustomStringConvertible {
    /// Somebody else is at it.
    case isRunning
    /// The target holds a migration of something else.
    case differs(from: String, now: String)
    /// Loads that this target's or this source's tables cannot take or give.
    case doesNotFit([Finding])
    /// Media are to be copied, and it is not known from where or to where.
    case noMediaFolders
    /// The ledger cannot be read by this version.
    case unreadablePlan
    /// Other programs, by name, are connected to the target.
    case isInUse(by: [String])
    /// Sequences of the target that have moved since the migration ended.
    case wasUsed([String])
    /// There is still something to do.
    case isNotFinished
    /// A dry run needs an empty target, and this one holds a migration.
    case isBegun
    /// Dendrite wrote while its tables were copied together.
    case sourceMoved
    /// The target holds a dry run that ended before it was undone.
    case isDryRun

    public var description: String {
        switch self {
        case .isRunning:
            "Another migration into this database is running: wait for it, or stop it first."
        case .differs(let earlier, let now):
            """
            The target holds a migration that was begun differently, so it cannot be continued by this command. \
            Begun: \(earlier). Now: \(now). Run the command as it was begun, or start again with an empty Synapse database.
            """
        case .doesNotFit(let findings):
            findings.map(\.description).joined(separator: "\n")
        case .noMediaFolders:
            """
            There are no folders to copy media between: give both configuration files, or --dendrite-media-path and \
            --synapse-media-path.
            """
        case .unreadablePlan:
            "The target holds a migration that another version of matrix-loader began: finish it with that version."
        case .isInUse(let others):
            "Others are connected to Synapse's database: \(others.listed()). Stop Synapse and all its workers first."
        case .wasUsed(let sequences):
            """
            Synapse has been used since the migration ended (\(sequences.listed()) went on), and what it wrote would be \
            lost: to give it up all the same, drop the database and make a new one.
            """
        case .isNotFinished:
            "The migration is not finished: go on with the command that began it, or give it up with 'abort'."
        case .sourceMoved:
            "Dendrite wrote to one of its databases while they were read: stop it, then run the same command."
        case .isDryRun:
            "A dry run in this database ended before it was undone: undo it with 'abort', then start again."
        case .isBegun:
            "A migration was begun in this database already: go on without --dry-run, or give it up with 'abort' first."
        }
    }
}
