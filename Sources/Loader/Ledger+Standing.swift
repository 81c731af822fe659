// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// What somebody who only looks can learn while others work. Nothing here takes a lock that a worker could meet.
extension Ledger {
    /// A load that somebody is running.
    public struct RunningLoad: Sendable, Codable, Hashable {
        public var id: String
        /// How long its transaction has been open.
        public var seconds: Double
        /// What its session waits for in PostgreSQL's words, such as "IO: DataFileRead"; nil while it works.
        public var wait: String?

        public init(id: String, seconds: Double, wait: String? = nil) {
            self.id = id
            self.seconds = seconds
            self.wait = wait
        }
    }

    /// When a migration began and ended.
    public struct Times: Sendable, Codable, Hashable {
        /// ISO 8601, in UTC.
        public var started: String
        public var finished: String?
        /// From the beginning to the end, or to now.
        public var seconds: Double

        public init(started: String, finished: String? = nil, seconds: Double) {
            self.started = started
            self.finished = finished
            self.seconds = seconds
        }
    }

    /// When the migration began and ended; nil where none was begun.
    public func times(on target: inout Connection) throws(PostgresError) -> Times? {
        let format = "YYYY-MM-DD\"T\"HH24:MI:SS\"Z\""
        let row = try target.rows(
            """
            SELECT to_char(started_at AT TIME ZONE 'UTC', \(format)),
                   to_char(finished_at AT TIME ZONE 'UTC', \(format)),
                   extract(epoch FROM coalesce(finished_at, clock_timestamp()) - started_at)
            FROM matrix_loader.migration
            """
        ).first
        guard let row, row.count == 3, let started = row[0] else { return nil }
        return Times(started: started, finished: row[1], seconds: row[2].flatMap { Double($0) } ?? 0)
    }

    /// The loads that somebody is running, here or on another host, longest first.
    ///
    /// A worker has locked its load's row, so the row's `xmax` is the worker's transaction, which lives as long as
    /// somebody holds the lock on its id. Locking rows to find out would hide them from workers that look for work.
    public func runningLoads(on target: inout Connection) throws(PostgresError) -> [RunningLoad] {
        try target.rows(
            """
            SELECT l.id, extract(epoch FROM clock_timestamp() - a.xact_start), a.wait_event_type || ': ' || a.wait_event
            FROM matrix_loader.load l
                 JOIN pg_locks k ON k.locktype = 'transactionid' AND k.granted AND k.transactionid = l.xmax
                 LEFT JOIN pg_stat_activity a ON a.pid = k.pid
            WHERE l.finished_at IS NULL ORDER BY 2 DESC NULLS LAST, 1
            """
        ).map { RunningLoad(id: $0[0] ?? "", seconds: $0[1].flatMap { Double($0) } ?? 0, wait: $0[2]) }
    }

    /// Names of the indexes, constraints and triggers that are set aside at this moment.
    public func awayNames(on target: inout Connection) throws(PostgresError) -> [String] {
        try target.rows("SELECT name FROM matrix_loader.set_aside WHERE is_away ORDER BY number").compactMap { $0[0] }
    }

    /// The weight of all loads, as ``LoadProgress`` counts it.
    public func weight(on target: inout Connection) throws(PostgresError) -> Int {
        Int(try target.integer("SELECT coalesce(sum(greatest(weight, 1)), 0) FROM matrix_loader.load") ?? 0)
    }

    /// The weight of all loads that are done, as ``LoadProgress`` counts it.
    public func doneWeight(on target: inout Connection) throws(PostgresError) -> Int {
        let weight = try target.integer(
            "SELECT coalesce(sum(greatest(weight, 1)), 0) FROM matrix_loader.load WHERE finished_at IS NOT NULL")
        return Int(weight ?? 0)
    }
}
