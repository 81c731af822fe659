// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Counters of a running copy, which any thread may read, and the means to stop it.
public final class CopyProgress: Sendable {
    private let files = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)
    private let faults = Atomic<Int>(0)
    private let stop = Atomic<Bool>(false)
    private let expectedFiles = Atomic<Int>(0)
    private let expectedBytes = Atomic<Int>(0)
    private let chosen = Mutex<(engine: Engine, notes: [String])?>(nil)

    /// All counters at zero.
    public init() {}

    /// Files dealt with so far, whatever became of them.
    public var filesDone: Int { files.load(ordering: .relaxed) }

    /// Bytes dealt with so far, those of files that were there before included, and those of a file that is on its way.
    ///
    /// They become fewer when a file has to be begun once more.
    public var bytesDone: Int { bytes.load(ordering: .relaxed) }

    /// Files found to be at fault so far.
    public var faultsFound: Int { faults.load(ordering: .relaxed) }

    /// How many files there will be, roughly; 0 where nobody said so.
    public var filesExpected: Int { expectedFiles.load(ordering: .relaxed) }

    /// How many bytes there will be, roughly; 0 where nobody said so.
    public var bytesExpected: Int { expectedBytes.load(ordering: .relaxed) }

    /// Says how much there will be, for those who want to know how much is left.
    public func expect(files: Int, bytes: Int) {
        expectedFiles.store(files, ordering: .relaxed)
        expectedBytes.store(bytes, ordering: .relaxed)
    }

    /// The engine that copies, and why it was chosen, one sentence each; nil before the first file.
    public var engine: (engine: Engine, notes: [String])? { chosen.withLock { $0 } }

    func choose(_ engine: Engine, _ notes: [String]) {
        chosen.withLock { chosen in
            let known = chosen?.notes ?? []
            chosen = (engine, known + notes.filter { !known.contains($0) })
        }
    }

    /// Whether ``cancel()`` was called.
    public var isCancelled: Bool { stop.load(ordering: .acquiring) }

    /// Asks the copy to stop soon: files in flight are finished or given up, and ``MediaCopier`` throws.
    public func cancel() { stop.store(true, ordering: .releasing) }

    /// Counts bytes of a file that is on its way, or no longer counts them.
    func count(_ some: Int64) { bytes.add(Int(some), ordering: .relaxed) }

    /// Counts a file, and those of its bytes that have not been counted on their way.
    func add(_ outcome: MediaOutcome, bytesCounted: Int64) {
        files.add(1, ordering: .relaxed)
        count(outcome.size - bytesCounted)
        if outcome.fault != nil { faults.add(1, ordering: .relaxed) }
    }
}
