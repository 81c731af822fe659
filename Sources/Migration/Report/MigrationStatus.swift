// SPDX-License-Identifier: Apache-2.0
public import Loader

/// How far the migration of a target has come, as anybody can read it there, from another terminal or after a crash.
public struct MigrationStatus: Sendable, Codable {
    public enum State: String, Sendable, Codable {
        /// Somebody is working on it at this moment.
        case running
        /// It was begun, and nobody works on it.
        case interrupted
        case finished
    }

    public var state: State
    /// The server's name as users' ids have it.
    public var server: String
    /// The areas that were asked for; empty for all.
    public var phases: [String]
    /// Whether media are left out.
    public var skipMedia: Bool
    /// Whether it was begun to be undone at its end.
    public var isDryRun: Bool
    /// The version of the program that began it.
    public var version: String
    public var times: Ledger.Times
    /// In the order in which they are planned.
    public var areas: [AreaStanding]
    public var runningLoads: [Ledger.RunningLoad]
    /// Indexes, constraints and triggers that are set aside at this moment.
    public var setAside: [String]
    public var leftBehind: [LeftBehind]
    /// Rows written so far per second since the beginning.
    public var rowsPerSecond: Double

    public init(
        state: State, server: String, phases: [String] = [], skipMedia: Bool = false, isDryRun: Bool = false,
        version: String,
        times: Ledger.Times, areas: [AreaStanding], runningLoads: [Ledger.RunningLoad] = [], setAside: [String] = [],
        leftBehind: [LeftBehind] = []
    ) {
        self.state = state
        self.server = server
        self.phases = phases
        self.skipMedia = skipMedia
        self.isDryRun = isDryRun
        self.version = version
        self.times = times
        self.areas = areas
        self.runningLoads = runningLoads
        self.setAside = setAside
        self.leftBehind = leftBehind
        rowsPerSecond = times.seconds > 0 ? Double(areas.reduce(0) { $0 + $1.rows }) / times.seconds : 0
    }
}
