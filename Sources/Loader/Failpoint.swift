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
    /// The ledger is there and no row has moved.
    case begun = "begun"
    /// Indexes are dropped and stored, in a transaction that is not committed.
    case settingAside = "setting-aside"
    /// Indexes are away.
    case setAside = "set-aside"
    /// A source row was taken over while the source's COPY goes on.
    case row = "row"
    /// One table of a load is sent, others perhaps not.
    case sent = "sent"
    /// A load is written and recorded.
    case beforeCommit = "before-commit"
    case afterCommit = "after-commit"
    /// An index or constraint is back, in a transaction that is not committed.
    case restoring = "restoring"
    /// An index or constraint is back.
    case restored = "restored"
    case beforeForeignKeys = "before-foreign-keys"
    case beforeAnalyze = "before-analyze"
    case beforeSettling = "before-settling"
    /// State is in its own database, and the ledger does not say so yet.
    case stateHandedOver = "state-handed-over"
    case beforeCompletion = "before-completion"
    /// All is loaded and recorded; the signing key is not handed over.
    case completed = "completed"
    /// The signing key that was there has a second name, and Dendrite's lies beside under a third.
    case keyKept = "key-kept"

    private static let (place, count) = read(ProcessInfo.processInfo.environment["MATRIX_LOADER_FAILPOINT"])
    private static let isArmed = place != nil
    private static let reached = Atomic(0)

    /// Dies here if it is the place that the environment names.
    public static func reach(_ place: Failpoint) {
        guard isArmed, place == self.place else { return }
        if reached.add(1, ordering: .relaxed).newValue == count { raise(SIGKILL) }
    }

    private static func read(_ text: String?) -> (Failpoint?, Int) {
        let parts = (text ?? "").split(separator: ":")
        guard let name = parts.first else { return (nil, 0) }
        return (Failpoint(rawValue: String(name)), parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }
}
