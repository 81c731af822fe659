// SPDX-License-Identifier: Apache-2.0

/// An event that a redaction names, and the redaction's own room.
struct RedactedEvent: Hashable, Sendable {
    let roomNID: Int64
    let eventID: String
}
