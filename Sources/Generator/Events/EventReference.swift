// SPDX-License-Identifier: Apache-2.0

/// What later events need of an earlier one.
struct EventReference: Sendable {
    /// The event's number in Dendrite's store; 0 for one that this server has never seen.
    let number: Int64
    let id: EventID
    let depth: Int64
}
