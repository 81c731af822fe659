// SPDX-License-Identifier: Apache-2.0

/// What a run of the copier came to.
public struct MediaSummary: Sendable, Hashable {
    /// The most faults that ``faults`` holds, so that a lost disk doesn't fill the memory.
    public static let faultLimit = 1000

    /// The engine that was used; never `auto`.
    public internal(set) var engine: Engine
    /// Why that one, and what else was given up on the way, one sentence each.
    public internal(set) var notes: [String]
    /// Files written, linked or cloned by this run.
    public internal(set) var filesCopied = 0
    /// Their size in bytes.
    public internal(set) var bytesCopied: Int64 = 0
    /// Files that were at the target before.
    public internal(set) var filesAlreadyThere = 0
    /// Their size in bytes.
    public internal(set) var bytesAlreadyThere: Int64 = 0
    /// Files that a dry run would have copied.
    public internal(set) var filesToCopy = 0
    /// Their size in bytes.
    public internal(set) var bytesToCopy: Int64 = 0
    /// How many files share their content with the source, by a hard link or a clone; part of ``filesCopied``.
    var filesShared = 0
    /// How many files are at fault, by ``MediaFault/Reason/name``.
    var faultCounts: [String: Int] = [:]
    /// The first ``faultLimit`` faults, in the order in which they were found.
    public internal(set) var faults: [MediaFault] = []

    init(engine: Engine, notes: [String]) {
        self.engine = engine
        self.notes = notes
    }

    /// How many files are at fault.
    public var faultCount: Int { faultCounts.values.reduce(0, +) }

    mutating func add(_ report: Exchange.Report) {
        let outcome = report.outcome
        switch outcome.disposition {
        case .copied, .linked, .cloned:
            filesCopied += 1
            bytesCopied += outcome.size
            if outcome.disposition != .copied { filesShared += 1 }
        case .alreadyThere:
            filesAlreadyThere += 1
            bytesAlreadyThere += outcome.size
        case .wouldCopy:
            filesToCopy += 1
            bytesToCopy += outcome.size
        case .refused:
            break
        }
        guard let fault = report.fault else { return }
        faultCounts[fault.reason.name, default: 0] += 1
        if faults.count < Self.faultLimit { faults.append(fault) }
    }
}
