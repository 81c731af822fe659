// SPDX-License-Identifier: Apache-2.0

/// Where the calling thread and the copying threads meet: files go in, reports come out.
///
/// The number of files between the two is bounded, and with it the memory, however long the sequence is.
final class Exchange: Sendable {
    /// A file and its place in the sequence.
    struct Job: Sendable {
        let index: Int
        let file: MediaFile
        /// Bytes that the progress has counted before the file was finished.
        var bytesCounted: Int64 = 0
    }

    /// What became of a job.
    struct Report: Sendable {
        let index: Int
        let outcome: MediaOutcome
        let fault: MediaFault?
    }

    private struct State {
        var jobs = Queue<Job>()
        var handedOver = Queue<Job>()
        var reports: [Report] = []
        var outstanding = 0
        var isComplete = false
        var failure: MediaError?
        var workers = 0
        var fastWorkers = 0
    }

    private enum Condition {
        static let job = 0
        static let handedOver = 1
        static let caller = 2
        static let room = 3
        static let count = 4
    }

    /// The most files between the calling thread and the copying ones.
    static let capacity = 2048
    /// How many files the calling thread adds at once.
    static let batch = 128
    private static let lowWater = 1024
    private static let reportBatch = 128
    private static let handOverCapacity = 256

    private let monitor = Monitor(State(), conditionCount: Condition.count)
    private let progress: CopyProgress

    init(progress: CopyProgress) { self.progress = progress }

    // MARK: The calling thread

    /// How many more files the exchange takes now.
    var room: Int { monitor.withLock { Self.capacity - $0.outstanding } }

    /// Adds files to be copied.
    func add(_ jobs: [Job], isLast: Bool) {
        monitor.withLock { state in
            if state.failure == nil {
                for job in jobs { state.jobs.append(job) }
                state.outstanding += jobs.count
            }
            if isLast { state.isComplete = true }
        }
        monitor.broadcast(Condition.job)
        if isLast { monitor.broadcast(Condition.handedOver) }
    }

    /// Waits until there is something for the calling thread to do.
    ///
    /// - Returns: What has been reported meanwhile, and whether the copying threads have all ended.
    func collect() -> (reports: [Report], isOver: Bool) {
        monitor.wait(for: Condition.caller, until: Self.callerIsNeeded) { state in
            let reports = state.reports
            state.reports = []
            state.outstanding -= reports.count
            return (reports, state.workers == 0)
        }
    }

    /// Why copying stopped early, if it did.
    var failure: MediaError? { monitor.withLock { $0.failure } }

    private static func callerIsNeeded(_ state: inout State) -> Bool {
        state.workers == 0 || state.reports.count >= reportBatch
            || (!state.isComplete && state.failure == nil
                && (state.outstanding < lowWater || (state.jobs.isEmpty && !state.reports.isEmpty)))
    }

    // MARK: The copying threads

    /// Counts a thread in, before it runs.
    func join(isFast: Bool) {
        monitor.withLock { state in
            state.workers += 1
            if isFast { state.fastWorkers += 1 }
        }
    }

    /// Counts a thread out.
    func leave(isFast: Bool) {
        monitor.withLock { state in
            state.workers -= 1
            if isFast { state.fastWorkers -= 1 }
        }
        monitor.broadcast(Condition.handedOver)
        monitor.signal(Condition.caller)
    }

    /// Takes files to copy.
    ///
    /// - Parameters:
    ///   - count: The most to take.
    ///   - waits: Whether to wait for a file if there is none.
    /// - Returns: Up to `count` files, none if there are none and `waits` is false; `nil` if there will be no more.
    func take(_ count: Int, waits: Bool) -> [Job]? {
        stopIfCancelled()
        let jobs: [Job]? = monitor.wait(
            for: Condition.job,
            until: { !waits || !$0.jobs.isEmpty || $0.isComplete || $0.failure != nil },
            { state in
                if state.failure != nil || (state.jobs.isEmpty && state.isComplete) { return nil }
                return state.jobs.removeFirst(count)
            }
        )
        if monitor.withLock({ Self.callerIsNeeded(&$0) }) { monitor.signal(Condition.caller) }
        return jobs
    }

    /// Passes a file on to a thread that copies one file after the other.
    ///
    /// - Parameters:
    ///   - job: The file.
    ///   - waits: Whether to wait for room.
    /// - Returns: Whether there was room.
    func handOver(_ job: Job, waits: Bool) -> Bool {
        let isAccepted = monitor.wait(
            for: Condition.room,
            until: { !waits || $0.handedOver.count < Self.handOverCapacity || $0.failure != nil },
            { state in
                if state.failure != nil { return true }
                if state.handedOver.count >= Self.handOverCapacity { return false }
                state.handedOver.append(job)
                return true
            }
        )
        monitor.signal(Condition.handedOver)
        return isAccepted
    }

    /// Takes a file that another thread passed on; `nil` if there will be no more.
    func takeHandedOver() -> Job? {
        let job: Job? = monitor.wait(
            for: Condition.handedOver,
            until: { !$0.handedOver.isEmpty || $0.fastWorkers == 0 || $0.failure != nil },
            { $0.failure == nil ? $0.handedOver.removeFirst(1).first : nil }
        )
        monitor.signal(Condition.room)
        stopIfCancelled()
        return job
    }

    /// Reports what became of files.
    func report(_ outcomes: [(Job, MediaOutcome)]) {
        guard !outcomes.isEmpty else { return }
        let reports = outcomes.map { job, outcome in
            progress.add(outcome, bytesCounted: job.bytesCounted)
            let fault = outcome.fault.map {
                MediaFault(index: job.index, identifier: job.file.identifier, source: job.file.source, reason: $0)
            }
            return Report(index: job.index, outcome: outcome, fault: fault)
        }
        let callerIsNeeded = monitor.withLock { state in
            state.reports += reports
            return Self.callerIsNeeded(&state)
        }
        if callerIsNeeded { monitor.signal(Condition.caller) }
    }

    /// Stops everything; the first failure is the one that counts.
    func fail(_ failure: MediaError) {
        monitor.withLock { state in
            if state.failure == nil { state.failure = failure }
        }
        for condition in 0..<Condition.count { monitor.broadcast(condition) }
    }

    private func stopIfCancelled() {
        guard progress.isCancelled else { return }
        fail(.cancelled)
    }
}
