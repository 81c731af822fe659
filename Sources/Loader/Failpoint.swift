// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// A place at which the process can be made to die, to prove that a migration goes on from there.
///
/// The environment variable MATRIX_LOADER_FAILPOINT names one, as `before-commit`, or as `before-commit:3` for the
/// third time that it is reached. The process is killed as `kill -9` does it: nothing is flushed and nobody told.
public enum Failpoint: String, CaseIterable, Sendable {
    /// Tables of several databases are copied together, in a transaction that is not committed.
    case gathering = "gathering"
    /// They are copied; there is no ledger yet.
    case gathered = "gathered"
    /// The ledger is written, in a transaction that is not committed.
    case beginning = "beginning"
    /// The ledger is there and no row has moved.
    case begun = "begun"
    /// Indexes are dropped and stored, in a transaction that is not committed.
    case settingAside = "setting-aside"
    /// Indexes are away.
    case setAside = "set-aside"
    /// A source row was taken over while the source's COPY goes on.
    case row = "row"
    /// A COPY into the target has begun and is not whole.
    case sending = "sending"
    /// One table of a load is sent, others perhaps not.
    case sent = "sent"
    /// A load is written and recorded.
    case beforeCommit = "before-commit"
    case afterCommit = "after-commit"
    /// An index or constraint is back, or a foreign key checked, in a transaction that is not committed.
    case restoring = "restoring"
    /// The same, committed.
    case restored = "restored"
    case beforeForeignKeys = "before-foreign-keys"
    case beforeAnalyze = "before-analyze"
    case beforeSettling = "before-settling"
    /// State is in its own database, and the ledger does not say so yet.
    case stateHandedOver = "state-handed-over"
    case beforeCompletion = "before-completion"
    /// The end is written down, in a transaction that is not committed.
    case completing = "completing"
    /// All is loaded and recorded; the signing key is not handed over.
    case completed = "completed"
    /// A file of media is on its way: others before it may be half copied.
    case mediaTaken = "media-taken"
    /// A file of media is whole at the target; nothing is synchronised, no row written.
    case mediaCopied = "media-copied"
    /// All files are copied and synchronised; rows are not committed.
    case mediaSynced = "media-synced"
    /// `abort` has said that the migration is given up, and undone nothing.
    case givenUp = "given-up"
    /// `abort` has emptied the database of state, and the main one not.
    case stateUndone = "state-undone"
    /// `abort` has put everything back, in a transaction that is not committed.
    case undoing = "undoing"
    /// The signing key that was there has a second name, and Dendrite's lies beside under a third.
    case keyKept = "key-kept"

    /// The environment variable that names one.
    public static let variable = "MATRIX_LOADER_FAILPOINT"

    /// Names a failpoint that there is none of.
    public struct Unknown: Error, CustomStringConvertible {
        let text: String

        /// What the variable holds, and all names that it could hold.
        public var description: String {
            """
            \(Failpoint.variable) is "\(text)", which names no failpoint. There are: \
            \(Failpoint.allCases.map(\.rawValue).joined(separator: ", ")); after a colon, at which time.
            """
        }
    }

    /// Makes sure that a value of ``variable`` names a failpoint; nil and an empty text ask for none.
    ///
    /// - Throws: ``Unknown`` where the text names no failpoint: one that is never reached would prove nothing.
    public static func check(_ text: String?) throws(Unknown) {
        guard let text, !text.isEmpty else { return }
        guard read(text).0 != nil else { throw Unknown(text: text) }
    }

    private static let (place, count) = read(ProcessInfo.processInfo.environment[variable])
    private static let isArmed = place != nil
    private static let reached = Atomic(0)

    /// Dies here if it is the place that the environment names.
    public static func reach(_ place: Failpoint) {
        guard isArmed, place == self.place else { return }
        if reached.add(1, ordering: .relaxed).newValue == count { raise(SIGKILL) }
    }

    private static func read(_ text: String?) -> (Failpoint?, Int) {
        let parts = (text ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first, let place = Failpoint(rawValue: String(name)), parts.count <= 2 else {
            return (nil, 0)
        }
        guard parts.count == 2 else { return (place, 1) }
        guard let count = Int(parts[1]), count > 0 else { return (nil, 0) }
        return (place, count)
    }
}
