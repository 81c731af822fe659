// SPDX-License-Identifier: Apache-2.0

/// What a generated server is like; the same settings give the same server.
///
/// Shares are numbers from 0 to 1.
public struct GeneratorSettings: Sendable, Equatable {
    /// How events are spread over rooms.
    public enum RoomSizes: Sendable, Equatable {
        /// All rooms are about as busy.
        case even
        /// The n-th room has an n-th of the first room's events, as on real servers.
        case zipf
    }

    /// Decides everything that is left to chance.
    public var seed: UInt64 = 1
    /// The name of the server, as users' ids have it.
    public var serverName = "example.org"
    /// Events in all rooms together; a few more come out where rooms need them to come into being.
    public var events = 10_000
    /// Rooms that the server is in; at least one.
    public var rooms = 50
    /// Local accounts.
    public var users = 100
    /// How uneven the rooms are.
    public var roomSizes = RoomSizes.zipf
    /// The share of all events that is the first room's; 0 leaves it to ``roomSizes``.
    public var giantRoomShare = 0.0
    /// Members that a room starts with.
    public var membersPerRoom = 12
    /// The share of state events, mostly memberships, in what follows a room's beginning.
    public var stateChurn = 0.1
    /// The share of events at which two servers spoke at the same time.
    public var forks = 0.005
    /// The share of rooms that were joined over federation, their state known as outliers.
    public var federatedRooms = 0.1
    /// The share of members and senders that live on other servers.
    public var remoteUsers = 0.2
    /// The share of federated rooms whose earlier history was fetched.
    public var backfilledRooms = 0.5
    /// The share of encrypted rooms.
    public var encryptedRooms = 0.3
    /// The share of messages that are redacted.
    public var redactions = 0.01
    /// The share of messages that are a reaction to another.
    public var reactions = 0.06
    /// The share of messages that answer in a thread; none in encrypted rooms.
    public var threads = 0.03
    /// The share of messages that edit one of the same sender; none in encrypted rooms.
    public var edits = 0.03
    /// The share of remote events that are rejected or soft-failed.
    public var refused = 0.002
    /// Local uploads.
    public var mediaFiles = 20
    /// The mean size of an upload in bytes.
    public var mediaBytes = 40_000
    /// Whether an application service with the id "bridge" has an account; Synapse then needs its registration.
    public var hasBridge = false
    /// Room versions in turn: "10", "11", "12".
    public var roomVersions = ["10", "10", "11", "12"]
    /// Whether local events bear real signatures, at 50 µs each; otherwise they are random text of the same form.
    public var signsEvents = false
    /// Threads that generate and send.
    public var workers = 2

    /// The defaults: 10,000 events in 50 rooms, without a bridge and without true signatures.
    public init() {}

    /// The password of every local account that has one.
    public static let password = "correct horse battery staple"

    func validate() throws(GeneratorError) {
        if rooms < 1 { throw GeneratorError("a server needs at least one room") }
        if users < 2 { throw GeneratorError("a server needs at least two users") }
        if workers < 1 { throw GeneratorError("somebody must do the work: at least one worker") }
        if roomVersions.isEmpty { throw GeneratorError("rooms need at least one room version") }
        for version in roomVersions where RoomVersion(rawValue: version) == nil {
            throw GeneratorError("room version \(version) cannot be generated, only 10, 11 and 12")
        }
        if giantRoomShare < 0 || giantRoomShare > 1 { throw GeneratorError("the giant room's share is beyond 0 to 1") }
    }
}
