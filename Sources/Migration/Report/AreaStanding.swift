// SPDX-License-Identifier: Apache-2.0

/// How far one area has come.
public struct AreaStanding: Sendable, Codable, Hashable {
    public var name: String
    public var loads: Int
    public var done: Int
    public var running: Int
    /// Rows and bytes written by loads that are done.
    public var rows: Int
    public var bytes: Int
    public var rejected: Int
    /// The time of all loads that are done; several may have run at once.
    public var seconds: Double

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
