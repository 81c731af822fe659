// SPDX-License-Identifier: Apache-2.0
import Glibc

/// State that threads share under one lock, and wait upon.
///
/// `@unchecked Sendable`: `state` is only ever touched while the mutex is held, and the mutex and the conditions are made
/// to be used by all threads.
final class Monitor<State>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let conditions: UnsafeMutablePointer<pthread_cond_t>
    private let conditionCount: Int
    private var state: State

    /// Takes the first state, and how many conditions there are to wait for; each is known by its number.
    init(_ state: State, conditionCount: Int) {
        self.state = state
        self.conditionCount = conditionCount
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        conditions = .allocate(capacity: conditionCount)
        for index in 0..<conditionCount { pthread_cond_init(conditions + index, nil) }
    }

    deinit {
        for index in 0..<conditionCount { pthread_cond_destroy(conditions + index) }
        conditions.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` while no other thread sees the state.
    func withLock<Result, Failure: Error>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Runs `body` once `isReady` holds; it is asked again whenever `condition` is signalled.
    func wait<Result>(for condition: Int, until isReady: (inout State) -> Bool, _ body: (inout State) -> Result)
        -> Result
    {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isReady(&state) { pthread_cond_wait(conditions + condition, mutex) }
        return body(&state)
    }

    /// Wakes one thread that waits for `condition`.
    func signal(_ condition: Int) { pthread_cond_signal(conditions + condition) }

    /// Wakes all threads that wait for `condition`.
    func broadcast(_ condition: Int) { pthread_cond_broadcast(conditions + condition) }
}
