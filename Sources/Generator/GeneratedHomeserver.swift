// SPDX-License-Identifier: Apache-2.0

/// What a generation made.
public struct GeneratedHomeserver: Sendable, Equatable {
    /// Events in all rooms, those of invitations left out.
    public let events: Int
    /// Rooms that the server is in.
    public let rooms: Int
    /// Rooms of other servers to which somebody is invited.
    public let invitations: Int
    /// Local accounts with a password.
    public let users: Int
    /// Local uploads; 0 where there was no folder to put them in.
    public let mediaFiles: Int
    /// Bytes of all media files.
    public let mediaBytes: Int
    /// From the first event to the last one stored, without indexes.
    public let loading: Duration
    /// Until the database was complete.
    public let duration: Duration
}
