// SPDX-License-Identifier: Apache-2.0
public import Loader
public import Postgres

/// Everything that is decided before the first row moves. Its computed properties list what is loaded, area by area.
public struct Plan: Sendable {
    public var serverName: String
    /// The time of loading, for what Dendrite has no time for; ms since the epoch, the same in every rerun.
    public var now: Int64
    public var streamOrdering: StreamOrdering
    /// Above every position that any field of a Dendrite sync token can hold: where all other streams begin.
    public var firstFreeStream: Int64
    /// `as_token`s of the registration files that either configuration names.
    public var applicationServiceTokens: [String]
    /// Ids of the registration files that homeserver.yaml names.
    public var applicationServices: [String]

    public init(
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
