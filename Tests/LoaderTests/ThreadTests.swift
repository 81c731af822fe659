// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Loader

@Suite("A thread")
struct ThreadTests {
    /// SCHED_BATCH of linux/sched.h.
    private static let batch: Int32 = 3

    @Test("that works through what PostgreSQL sends lets others finish first, and others do not")
    func policy() async throws {
        #expect(try await withThread(named: "worker", isBatch: true) { sched_getscheduler(0) } == Self.batch)
        #expect(try await withThread(named: "other") { sched_getscheduler(0) } == SCHED_OTHER)
    }

    @Test("keeps a policy that somebody chose")
    func chosenPolicy() {
        let done = DispatchSemaphore(value: 0)
        // It wakes nobody who would have to be made first, and would inherit the policy.
        let thread = Thread {
            let idle: Int32 = 5
            var parameter = sched_param(sched_priority: 0)
            #expect(sched_setscheduler(0, idle, &parameter) == 0)
            #expect(!Thread.becomeBatch())
            #expect(sched_getscheduler(0) == idle)
            done.signal()
        }
        thread.start()
        done.wait()
    }
}
