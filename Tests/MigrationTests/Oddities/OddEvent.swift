// SPDX-License-Identifier: Apache-2.0

/// An event as Dendrite knows it: its number and its name.
struct OddEvent {
    let nid: Int64
    let id: String
    let depth: Int
    let type: String
    let stateKey: String?
    let syncID: Int64?

    /// How an event came to be in the tables, which decides about its columns.
    enum Kind {
        case live
        /// Came in below a gap: clients were not told, but a live event descends from it.
        case gapFiller
        /// Fetched when somebody scrolled up.
        case backfilled
        /// Accepted, and the sync component stopped before it got there.
        case late
        case softFailed
        case rejected
        case outlier
        /// A redaction that Dendrite did not apply, so the sync component never heard of it.
        case unapplied

        var isSent: Bool { self == .live || self == .late || self == .unapplied }
        var isInSync: Bool { self == .live || self == .gapFiller || self == .backfilled }
        var isExcluded: Bool { self == .gapFiller || self == .backfilled }
    }

    /// What is unusual about an event's rows.
    struct Quirks {
        var previous: [String]?
        var auth: [String]?
        /// `state_snapshot_nid`.
        var snapshot: Int64?
        var depth: Int?
        /// `event_state_key_nid`.
        var stateKeyNumber: Int64?
        var eventID: String?
        var transaction: (session: Int64, id: String)?
        var timestamp: Int64?
        /// Members of the JSON, besides those that all events have: `"redacts":"$x"`.
        var members: [String] = []
        /// The JSON instead of a proper one.
        var json: String?
        var hasJSON = true
        /// `exclude_from_sync` as SQL.
        var isExcluded: String?
    }
}
