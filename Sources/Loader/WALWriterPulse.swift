// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Postgres
import Synchronization

/// Keeps PostgreSQL's WAL writer at work while others fill tables, from its making until it is ended.
///
/// Left alone it wakes every `wal_writer_delay`, 200 ms, and tables that are filled fill `wal_buffers`, 16 MB at most
/// unless the operator chose more, sooner than that. Then the sessions that load write the log themselves, page by page,
/// and wait for one another's pages. A commit that need not be durable wakes it, so a session of its own commits nothing
/// again and again.
final class WALWriterPulse: Sendable {
    /// Seconds between two commits: at 500 MB/s the log fills `wal_buffers` in 30 ms.
    private static let interval = 0.02
    private let isOver = Atomic(false)
    private let beating = DispatchGroup()

    /// Commits until ``end()``, or until `stop` or the server ends it: nothing depends on it, and others will say what is
    /// wrong.
    init(_ sessions: Sessions, stop: StopRequest) {
        beating.enter()
        let thread = Thread { [self] in
            run(sessions, stop)
            beating.leave()
        }
        thread.name = "WAL writer"
        thread.start()
    }

    private func run(_ sessions: Sessions, _ stop: StopRequest) {
        guard var target = try? sessions.openTarget(), (try? target.execute(Sessions.name("WAL writer"))) != nil else {
            return
        }
        stop.register(target.canceller)
        while !isOver.load(ordering: .relaxed), !stop.isRequested, (try? target.execute("SELECT txid_current()")) != nil
        {
            Thread.sleep(forTimeInterval: Self.interval)
        }
    }

    /// Ends it, and returns when its session is closed.
    func end() async {
        isOver.store(true, ordering: .relaxed)
        await ended()
    }

    /// Returns when its session is closed.
    func ended() async {
        await withCheckedContinuation { continuation in
            beating.notify(queue: .global()) { continuation.resume() }
        }
    }
}
