// SPDX-License-Identifier: Apache-2.0

/// A room that events are in, borrowed from ``KnownRooms``.
struct KnownRoom: ~Escapable {
    let roomID: Span<UInt8>
    /// nil if Synapse does not know the version.
    let version: RoomVersion?

    @_lifetime(copy roomID)
    init(roomID: Span<UInt8>, version: RoomVersion?) {
        self.roomID = roomID
        self.version = version
    }
}
