// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition

/// Everything that is decided before the first row moves.
///
/// Its computed properties list what is loaded, area by area.
public struct Plan: Sendable, Codable {
    var serverName: String
    /// The time of loading, for what Dendrite has no time for; ms since the epoch, the same in every rerun.
    var now: Int64
    var streamOrdering: StreamOrdering
    /// Above every position that any field of a Dendrite sync token can hold: where all other streams begin.
    var firstFreeStream: Int64
    /// `as_token`s of the registration files that either configuration names.
    var applicationServiceTokens: [String]
    /// Ids of the registration files that homeserver.yaml names.
    var applicationServices: [String]

    /// PostgreSQL's estimate of the rows of each of Dendrite's tables.
    var sourceRows: [String: Int] = [:]
    /// Tables of later releases than the one that wrote the source.
    var absentTables: [String] = []
    /// `event_nid`s of state events that are filed as messages.
    var misfiled: [Int64] = []
    /// `room_nid`s that events have and no room: all that is left of some that were purged.
    var missingRooms: [Int64] = []
    /// Whether the sync component's events are others than those that the room server has sent on to it.
    var syncDiffers = false
    /// Whether the migration is one without media; a process that joins it may see none of them and yet not leave them out.
    var leavesMediaOut = false
    /// Whether Synapse goes on with the statistics of rooms and users; they would soon be wrong if it did not.
    var keepsStatistics = true
    /// `room_nid`s of rooms without events and without invitations that are loaded.
    var emptyRooms: [Int64] = []
    /// Rooms with their state, and events whose bodies are read in the order in which that is cheapest.
    var roomPartitions: [RoomPartition] = []
    var eventRanges: [EventRange] = []
    /// Read anew in each run that loads events, beside what does not need it.
    private(set) var eventTimeline = Awaited<EventTimeline>()
    /// What each run is told anew; nil where media are left out.
    var media: MediaInputs?
    /// Above so many events Synapse makes messages searchable.
    var searchLimit = Plan.defaultSearchLimit

    private enum CodingKeys: CodingKey {
        case serverName, now, streamOrdering, firstFreeStream, applicationServiceTokens, applicationServices, misfiled,
            missingRooms, emptyRooms, sourceRows, absentTables
        case syncDiffers, leavesMediaOut, keepsStatistics, roomPartitions, eventRanges
    }

    init(
        serverName: String, now: Int64, streamOrdering: StreamOrdering, firstFreeStream: Int64,
        applicationServiceTokens: [String] = [], applicationServices: [String] = []
    ) {
        self.serverName = serverName
        self.now = now
        self.streamOrdering = streamOrdering
        self.firstFreeStream = firstFreeStream
        self.applicationServiceTokens = applicationServiceTokens
        self.applicationServices = applicationServices
    }
}
