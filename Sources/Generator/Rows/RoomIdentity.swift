// SPDX-License-Identifier: Apache-2.0

/// A room by its number, id and version.
struct RoomIdentity: Sendable {
    let number: Int64
    let id: [UInt8]
    let version: RoomVersion
}
