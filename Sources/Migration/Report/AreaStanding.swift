// SPDX-License-Identifier: Apache-2.0

/// How far one area has come.
public struct AreaStanding: Sendable, Codable, Hashable {
    /// As `--phase` takes it.
    public var name: String
    /// How many loads it has.
    public var loads: Int
    /// How many of them are done.
    public var done: Int
    /// How many of them somebody is running at this moment.
    public var running: Int
    /// Rows written by loads that are done.
    public var rows: Int
    /// Bytes of those rows, as a binary COPY has them.
    public var bytes: Int
    /// Rows of the source that could not be loaded.
    public var rejected: Int
    /// The time of all loads that are done, s; several may have run at once.
    public var seconds: Double

    /// An area of which nothing is done, or as much as the arguments say.
    public init(
        name: String, loads: Int = 0, done: Int = 0, running: Int = 0, rows: Int = 0, bytes: Int = 0, rejected: Int = 0,
        seconds: Double = 0
    ) {
        self.name = name
        self.loads = loads
        self.done = done
        self.running = running
        self.rows = rows
        self.bytes = bytes
        self.rejected = rejected
        self.seconds = seconds
    }
}
