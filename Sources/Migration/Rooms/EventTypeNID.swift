// SPDX-License-Identifier: Apache-2.0
import Postgres

/// `event_type_nid`s that are the same in every Dendrite database: those that it has before the first event.
enum EventTypeNID {
    static let create: SQL = "1"
    static let redaction: SQL = "6"
    /// create, power_levels, join_rules, third_party_invite, member and history_visibility: a list for IN.
    static let ofState: SQL = "(1, 2, 3, 4, 5, 7)"
}
