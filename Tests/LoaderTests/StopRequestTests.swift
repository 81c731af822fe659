// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("A wish to stop where a server does not hear that queries are cancelled", .temporaryDatabase, .temporaryFolder)
struct StopRequestTests {
    private func makeFront() throws -> DeafFront {
        try DeafFront(to: try TemporaryCluster.shared.socketFolder, in: TemporaryFolder.path)
    }

    @Test("keeps nobody waiting, and does at once what is done by other means")
    func atOnce() async throws {
        let front = try makeFront()
        let connection = try Connection(front.conninfo(TemporaryDatabase.conninfo), side: "the deaf one")
        let stop = StopRequest()
        stop.register(connection.canceller)
        let done = Mutex<[String]>([])
        stop.whenRequested { done.withLock { $0.append("what was wanted") } }
        // On a thread of its own, so that only this test fails where it does not return.
        Foundation.Thread.detachNewThread {
            stop.request()
            done.withLock { $0.append("the request") }
        }
        while front.unansweredCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        for _ in 0..<1000 where done.withLock(\.count) < 2 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(done.withLock(\.self) == ["what was wanted", "the request"])
        withExtendedLifetime(connection.serverVersion) {}
    }

    @Test("reaches the queries of another server all the same")
    func others() throws {
        let front = try makeFront()
        let deaf = try Connection(front.conninfo(TemporaryDatabase.conninfo), side: "the deaf one")
        var hearing = try TemporaryDatabase.connect()
        let stop = StopRequest()
        stop.register(deaf.canceller)
        stop.register(hearing.canceller)
        Foundation.Thread.detachNewThread { stop.request() }
        let error = #expect(throws: PostgresError.self) { try hearing.execute("SELECT pg_sleep(30)") }
        #expect(error?.isCancellation == true)
        withExtendedLifetime(deaf.serverVersion) {}
    }
}
