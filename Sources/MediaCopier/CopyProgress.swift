// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Counters of a running copy, which any thread may read, and the means to stop it.
public final class CopyProgress: Sendable {
    private let files = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)
    private let faults = Atomic<Int>(0)
    private let stop = Atomic<Bool>(false)

    /// All counters at zero.
    public init() {}

    /// Files dealt with so far, whatever became of them.
    public var filesDone: Int { files.load(ordering: .relaxed) }

    /// Bytes dealt with so far, those of files that were there before included.
    public var bytesDone: Int { bytes.load(ordering: .relaxed) }

    /// Files found to be at fault so far.
    public var faultsFound: Int { faults.load(ordering: .relaxed) }

    /// Whether ``cancel()`` was called.
    public var isCancelled: Bool { stop.load(ordering: .acquiring) }

    /// Asks the copy to stop soon: files in flight are finished or given up, and ``MediaCopier`` throws.
    public func cancel() { stop.store(true, ordering: .releasing) }

    func add(_ outcome: MediaOutcome) {
        files.add(1, ordering: .relaxed)
        bytes.add(Int(outcome.size), ordering: .relaxed)
        if outcome.fault != nil { faults.add(1, ordering: .relaxed) }
    }
}
