// SPDX-License-Identifier: Apache-2.0

/// An event in a room's current state.
struct StateEntry {
    let event: EventReference
    let type: EventType
    let member: Int?
    let sender: Int
    let content: [UInt8]
}
