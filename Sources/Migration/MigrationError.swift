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
        }
    }
}
