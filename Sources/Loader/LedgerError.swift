// SPDX-License-Identifier: Apache-2.0

/// What a ledger holds that this version of the program cannot go on with.
public enum LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A load of this id.
    case unknownLoad(String)
    /// A thing of this kind that was set aside.
    case unknownKind(String)

    /// What the ledger holds and which version can go on, as a whole sentence.
    public var description: String {
        switch self {
        case .unknownLoad(let id):
            "The target's ledger names the load \(id), which this version does not know: go on with the one that began."
        case .unknownKind(let kind):
            "The target's ledger has set aside a \(kind), which this version does not know: go on with a newer one."
        }
    }
}
