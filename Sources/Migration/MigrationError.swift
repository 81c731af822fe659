// SPDX-License-Identifier: Apache-2.0
public import Loader

/// Why a migration may not run now, and what to do about it.
public enum MigrationError: Error, Sendable, CustomStringConvertible {
    /// Somebody else is at it.
    case isRunning
    /// Others load into the target, or have just stopped.
    case workersAreAtIt
    /// There is no migration that a worker could join.
    case nothingToJoin
    /// Whoever led has stopped on purpose.
    case wasHalted
    /// Media are not loaded, whose files only a process that is gone could see.
    case mediaAreLeft
    /// Dendrite has written since the snapshot that was loaded.
    ///
    /// What gave it away: sequences that went on, or tables whose rows were written.
    case sourceHasMoved([String])
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
    /// Somebody has begun to undo the migration.
    case isGivenUp
    /// A dry run needs an empty target, and this one holds a migration.
    case isBegun
    /// Dendrite wrote while its tables were copied together.
    case gatheringWasDisturbed
    /// State is in a database of its own, which was not named.
    case lacksState
    /// The target holds a dry run that ended before it was undone.
    case isDryRun

    /// What is in the way and what to do, in whole sentences.
    public var description: String {
        switch self {
        case .isRunning:
            "Another migration into this database is running, or a worker that joined one leads it: wait for it, or stop it first."
        case .workersAreAtIt:
            "Workers that joined the migration are still at it: stop them first."
        case .nothingToJoin:
            "No migration is under way in this database: start one with 'migrate', then let workers join it."
        case .wasHalted:
            "The migration was stopped where it was begun: run 'migrate' there again, then let workers join it."
        case .mediaAreLeft:
            """
            All is loaded that can be without media, and the process that copied them is gone: run 'migrate' where it was \
            begun, or let a worker join with --media that sees both folders.
            """
        case .sourceHasMoved(let names):
            """
            Dendrite has written while it was migrated (\(names.listed()) changed), so what is loaded is not all: stop \
            Dendrite, give this migration up with 'abort', and start again.
            """
        case .differs(let earlier, let now):
            """
            The target holds a migration that was begun differently, so it cannot be continued by this command. \
            Begun: \(earlier). Now: \(now). Run the command as it was begun, or give it up with 'abort' and start again.
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
        case .gatheringWasDisturbed:
            "Dendrite wrote to one of its databases while they were read: stop it, then run the same command."
        case .lacksState:
            """
            The migration has filled two databases, and state's is not named: give --synapse-config with the \
            homeserver.yaml that names both, instead of --synapse-db.
            """
        case .isDryRun:
            "A dry run in this database ended before it was undone: undo it with 'abort', then start again."
        case .isGivenUp:
            "The migration in this database was given up, and its undoing was interrupted: run 'abort' again."
        case .isBegun:
            "A migration was begun in this database already: go on without --dry-run, or give it up with 'abort' first."
        }
    }
}
