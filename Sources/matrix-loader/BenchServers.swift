// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Postgres
import Synchronization

/// The processor time of PostgreSQL's processes that serve two databases, where they run on this machine.
///
/// It is looked at ten times a second, since the kernel forgets a process that has ended.
final class BenchServers: Sendable {
    private static let interval = Duration.milliseconds(100)

    private struct Side {
        let conninfo: String
        /// By process: seconds before our time, and at the last look.
        var seconds: [Int: (before: Double, last: Double)] = [:]
        /// Whether a look was possible, which it is on this machine only.
        var hasLooked = false

        mutating func note(_ now: [(process: Int, seconds: Double)]) {
            for (process, seconds) in now {
                // One that comes later has done all its work since.
                let before = self.seconds[process]?.before ?? (hasLooked ? 0 : seconds)
                self.seconds[process] = (before, seconds)
            }
            if !now.isEmpty { hasLooked = true }
        }

        var total: Double? { hasLooked ? seconds.values.reduce(0) { $0 + $1.last - $1.before } : nil }
    }

    private let source: Mutex<Side>
    private let target: Mutex<Side>

    init(source: String, target: String) {
        self.source = Mutex(Side(conninfo: source))
        self.target = Mutex(Side(conninfo: target))
    }

    /// Nil where the server is on another machine.
    var sourceSeconds: Double? { source.withLock { $0.total } }
    var targetSeconds: Double? { target.withLock { $0.total } }

    /// Runs `body` and looks at the servers until it ends.
    ///
    /// - Throws: what `body` throws.
    func watch(_ body: () async throws -> Void) async throws {
        let watchers = [Task { await follow(source: true) }, Task { await follow(source: false) }]
        func end() async {
            for watcher in watchers { watcher.cancel() }
            for watcher in watchers { await watcher.value }
        }
        do {
            try await body()
        } catch {
            await end()
            throw error
        }
        await end()
    }

    @concurrent
    private func follow(source isSource: Bool) async {
        let conninfo = isSource ? source.withLock(\.conninfo) : target.withLock(\.conninfo)
        do {
            // By its name the migration knows it for one of ours, and does not wait for what it may have written.
            var connection = try Connection(conninfo, side: "the measured server", name: Sessions.name)
            let isLocal =
                try connection.value(
                    "SELECT coalesce(inet_server_addr() = inet_client_addr(), true) AS is_local") == "t"
            guard isLocal else { return }
            while !Task.isCancelled {
                let processes = try connection.rows(
                    """
                    SELECT pid FROM pg_stat_activity
                    WHERE datname = current_database()
                    """)
                note(processes.compactMap { $0.first.flatMap { Int($0 ?? "") } }, source: isSource)
                try await Task.sleep(for: Self.interval)
            }
        } catch {
            // A number that is missing is better than a migration that stops for its sake.
        }
    }

    private func note(_ processes: [Int], source isSource: Bool) {
        let seconds = processes.compactMap { process in Self.processorSeconds(process).map { (process, $0) } }
        if isSource {
            source.withLock { $0.note(seconds) }
        } else {
            target.withLock { $0.note(seconds) }
        }
    }

    private static func processorSeconds(_ process: Int) -> Double? {
        let folder = "/proc/\(process)"
        guard (try? String(contentsOfFile: "\(folder)/comm", encoding: .utf8))?.hasPrefix("postgres") == true,
            let text = try? String(contentsOfFile: "\(folder)/schedstat", encoding: .utf8),
            let nanoseconds = text.split(separator: " ").first.flatMap({ Double($0) })
        else { return nil }
        return nanoseconds / 1e9
    }
}
