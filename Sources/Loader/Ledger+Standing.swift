// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// What somebody who only looks can learn while others work. Nothing here takes a lock that a worker could meet.
extension Ledger {
    /// A load that somebody is running, or an index or the like that somebody puts back.
    public struct RunningStep: Sendable, Codable, Hashable {
        /// ``TableLoad/id`` of a load; else what is done to what: "index events_ts", "ANALYZE events".
        public var id: String
        /// Who runs it; nil where that is not known.
        ///
        /// A worker that joined has its host and process before its number.
        public var worker: String?
        /// How long its transaction has been open, s.
        public var seconds: Double
        /// Rows that it has sent so far; 0 for what is put back.
        public var rows: Int
        /// Rows that it is expected to send in all; 0 for what is put back.
        public var weight: Int
        /// What its session waits for in PostgreSQL's words, such as "IO: DataFileRead"; nil while it works.
        public var wait: String?

        init(
            id: String, worker: String? = nil, seconds: Double, rows: Int = 0, weight: Int = 0, wait: String? = nil
        ) {
            self.id = id
            self.worker = worker
            self.seconds = seconds
            self.rows = rows
            self.weight = weight
            self.wait = wait
        }
    }

    /// How much was done in how much time, by whoever works now.
    public struct Pace: Sendable {
        /// Since the process that leads has begun, s.
        public var seconds: Double
        /// The weight of the loads done since: expected rows.
        public var weight: Int
    }

    /// When a migration began and ended.
    public struct Times: Sendable, Codable, Hashable {
        /// ISO 8601, in UTC.
        public var started: String
        /// The same; nil while it is not finished.
        public var finished: String?
        /// From the beginning to the end, or to now, s.
        public var seconds: Double

        init(started: String, finished: String? = nil, seconds: Double) {
            self.started = started
            self.finished = finished
            self.seconds = seconds
        }
    }

    /// When the migration began and ended; nil where none was begun.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
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
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func runningLoads(on target: inout Connection) throws(PostgresError) -> [RunningStep] {
        try target.rows(
            """
            SELECT l.id, substring(a.application_name FROM '^matrix-loader (?:\\d+ rows, )?(.*)$'),
                   extract(epoch FROM clock_timestamp() - a.xact_start),
                   substring(a.application_name FROM '^matrix-loader (\\d+) rows, '), greatest(l.weight, 1),
                   a.wait_event_type || ': ' || a.wait_event
            FROM matrix_loader.load l
                 JOIN pg_locks k ON k.locktype = 'transactionid' AND k.granted AND k.transactionid = l.xmax
                 LEFT JOIN pg_stat_activity a ON a.pid = k.pid
            WHERE l.finished_at IS NULL ORDER BY 3 DESC NULLS LAST, 1
            """
        ).map(Self.step)
    }

    /// Indexes, constraints and triggers that somebody puts back or checks at this moment, and tables that are analysed.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func runningRebuilds(on target: inout Connection) throws(PostgresError) -> [RunningStep] {
        try target.rows(
            """
            SELECT substr(application_name, 15), NULL, extract(epoch FROM clock_timestamp() - xact_start), NULL, NULL,
                   wait_event_type || ': ' || wait_event
            FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active'
                  AND application_name ~ '^matrix-loader (index|constraint|foreign key|trigger|ANALYZE)'
            ORDER BY 3 DESC, 1
            """
        ).map(Self.step)
    }

    private static func step(_ row: [String?]) -> RunningStep {
        func number(_ column: Int) -> Int { row[column].flatMap { Int($0) } ?? 0 }
        return RunningStep(
            id: row[0] ?? "", worker: row[1], seconds: row[2].flatMap { Double($0) } ?? 0, rows: number(3),
            weight: number(4), wait: row[5])
    }

    /// How fast whoever leads has come on since; nil where nobody does.
    ///
    /// - Parameter lock: the advisory lock that the process holds.
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func pace(of lock: Int64, on target: inout Connection) throws(PostgresError) -> Pace? {
        let row = try target.rows(
            """
            SELECT extract(epoch FROM clock_timestamp() - a.backend_start),
                   (SELECT sum(greatest(weight, 1)) FROM matrix_loader.load WHERE finished_at >= a.backend_start)
            FROM pg_locks k JOIN pg_stat_activity a USING (pid)
            WHERE k.locktype = 'advisory' AND k.granted AND k.objsubid = 1 AND a.datname = current_database()
                  AND k.database = a.datid AND k.classid::bigint = \(lock >> 32)
                  AND k.objid::bigint = \(lock & 0xFFFF_FFFF) LIMIT 1
            """
        ).first
        guard let row, let seconds = row[0].flatMap({ Double($0) }) else { return nil }
        return Pace(seconds: seconds, weight: row[1].flatMap { Int($0) } ?? 0)
    }

    /// Names of the indexes, constraints and triggers that are set aside at this moment, or back and not checked yet.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func awayNames(on target: inout Connection) throws(PostgresError) -> [String] {
        try target.rows(
            "SELECT name FROM matrix_loader.set_aside WHERE is_away GROUP BY table_name, name ORDER BY min(number)"
        ).compactMap { $0[0] }
    }

    /// The weight of all loads, as ``LoadProgress`` counts it.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func weight(on target: inout Connection) throws(PostgresError) -> Int {
        Int(try target.integer("SELECT coalesce(sum(greatest(weight, 1)), 0) FROM matrix_loader.load") ?? 0)
    }

    /// The weight of all loads that are done, as ``LoadProgress`` counts it.
    ///
    /// - Throws: ``PostgresError`` if the target does not answer.
    public func doneWeight(on target: inout Connection) throws(PostgresError) -> Int {
        let weight = try target.integer(
            "SELECT coalesce(sum(greatest(weight, 1)), 0) FROM matrix_loader.load WHERE finished_at IS NOT NULL")
        return Int(weight ?? 0)
    }
}
