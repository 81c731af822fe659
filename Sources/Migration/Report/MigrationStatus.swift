// SPDX-License-Identifier: Apache-2.0
public import Loader

/// How far the migration of a target has come, as anybody can read it there, from another terminal or after a crash.
public struct MigrationStatus: Sendable, Codable {
    /// Whether the migration is under way and, if not, whether it has come to its end.
    public enum State: String, Sendable, Codable {
        /// Somebody is working on it at this moment.
        case running
        /// It was begun, and nobody works on it.
        case interrupted
        /// All is loaded and recorded.
        case finished
    }

    /// How it stood when the ledger was read.
    public var state: State
    /// The server's name as users' ids have it.
    public var server: String
    /// The areas that were asked for; empty for all.
    public var phases: [String]
    /// Whether media are left out.
    public var skipMedia: Bool
    /// Whether it was begun to be undone at its end.
    public var isDryRun: Bool
    /// Whether somebody has begun to undo it.
    public var isGivenUp: Bool
    /// Whether Synapse's files, such as the signing key's, are as they have to be.
    public var isHandedOver: Bool
    /// The version of the program that began it.
    public var version: String
    /// When it began and ended, and how long it has taken.
    public var times: Ledger.Times
    /// In the order in which they are planned.
    public var areas: [AreaStanding]
    /// The loads that somebody is running, longest first.
    public var runningLoads: [Ledger.RunningStep]
    /// Indexes, constraints and triggers that are put back at this moment.
    public var runningRebuilds: [Ledger.RunningStep]
    /// Indexes, constraints and triggers that are set aside at this moment, or back and not checked yet.
    public var setAside: [String]
    /// What is left behind so far, by name; part of it is counted at the end only.
    public var leftBehind: [LeftBehind]
    /// Rows written so far per second since the beginning.
    public var rowsPerSecond: Double
    /// How much of all that is to be loaded is loaded, from 0 to 1, by expected rows.
    public var share: Double
    /// How long loads will take at the pace of those who work now, s; nil where nobody does or nothing tells.
    public var secondsLeft: Double?

    /// A status from what the ledger holds; ``share``, ``secondsLeft`` and ``rowsPerSecond`` follow from it.
    ///
    /// `weight` and `doneWeight` are expected rows, of all loads and of those that are done; `pace` is nil where nobody
    /// leads.
    public init(
        state: State, server: String, phases: [String] = [], skipMedia: Bool = false, isDryRun: Bool = false,
        isGivenUp: Bool = false, isHandedOver: Bool = false,
        version: String,
        times: Ledger.Times, areas: [AreaStanding], runningLoads: [Ledger.RunningStep] = [],
        runningRebuilds: [Ledger.RunningStep] = [], setAside: [String] = [],
        leftBehind: [LeftBehind] = [], weight: Int = 0, doneWeight: Int = 0, pace: Ledger.Pace? = nil
    ) {
        self.state = state
        self.server = server
        self.phases = phases
        self.skipMedia = skipMedia
        self.isDryRun = isDryRun
        self.isGivenUp = isGivenUp
        self.isHandedOver = isHandedOver
        self.version = version
        self.times = times
        self.areas = areas
        self.runningLoads = runningLoads
        self.runningRebuilds = runningRebuilds
        self.setAside = setAside
        self.leftBehind = leftBehind
        let sent = runningLoads.reduce(0) { $0 + min($1.rows, $1.weight) }
        share = weight > 0 ? Double(doneWeight + sent) / Double(weight) : 0
        if let pace, pace.weight + sent > 0 {
            secondsLeft = pace.seconds * Double(weight - doneWeight - sent) / Double(pace.weight + sent)
        }
        rowsPerSecond = times.seconds > 0 ? Double(areas.reduce(0) { $0 + $1.rows }) / times.seconds : 0
    }
}
