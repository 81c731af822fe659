// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Copies many files from one folder to another.
///
/// A file appears at the target under its name only when it is whole: it is written under a temporary name in the same
/// directory and renamed. A second run copies what is not there yet.
public struct MediaCopier: Sendable {
    /// The folder that files are read from.
    public let source: String
    /// The folder that files are written to; it is made if it isn't there.
    public let target: String
    /// How to go about it.
    public let options: CopyOptions

    /// A copier that has not looked at anything yet.
    public init(source: String, target: String, options: CopyOptions = CopyOptions()) {
        self.source = source
        self.target = target
        self.options = options
    }

    /// How many bytes this user may still write to the target's file system.
    ///
    /// - Throws: ``MediaError`` if neither the target nor a folder above it can be reached.
    public func availableSpace() throws(MediaError) -> Int64 {
        var status = statvfs()
        try reachTarget { statvfs($0, &status) }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    /// Whether source and target are on one file system, without which no file can be linked.
    ///
    /// - Throws: ``MediaError`` if either, or for the target a folder above it, cannot be reached.
    public func isOnOneFileSystem() throws(MediaError) -> Bool {
        var (from, to) = (stat(), stat())
        guard stat(source, &from) == 0 else { throw .system(source, "reach", .current) }
        try reachTarget { stat($0, &to) }
        return from.st_dev == to.st_dev
    }

    /// Calls `body` with the target, or the nearest folder above it that is there.
    private func reachTarget(_ body: (String) -> Int32) throws(MediaError) {
        var path = target
        while body(path.isEmpty ? "/" : path) != 0 {
            guard errno == ENOENT, !path.isEmpty else { throw .target(path, "reach", .current) }
            path = RelativePath.parent(path).map(String.init) ?? (path.hasPrefix("/") ? "" : ".")
        }
    }

    /// Copies files and reports what became of each.
    ///
    /// `report` runs on the calling thread, in no particular order, once for each file: its place in the sequence, and the
    /// outcome. What it is told is whole at the target, but survives a power cut only once this function is over, be it by
    /// returning or by throwing (unless ``CopyOptions/isDurable`` is off).
    ///
    /// - Parameters:
    ///   - files: The files; taken from the sequence as they are needed, so that a sequence may be longer than memory. No
    ///     target may be named twice with different contents.
    ///   - progress: Counters to read meanwhile from other threads, and the means to stop.
    ///   - report: Receives the outcome of each file.
    /// - Returns: Sums, the engine that was used and why, and the first faults.
    /// - Throws: ``MediaError`` if copying could not go on: a full disk, another run on the same target, cancellation. No
    ///   fault of a single file is thrown.
    public func copy(
        _ files: some Sequence<MediaFile>,
        progress: CopyProgress = CopyProgress(),
        report: (_ index: Int, _ outcome: MediaOutcome) -> Void = { _, _ in }
    ) throws(MediaError) -> MediaSummary {
        let source = try SourceTree(source)
        if options.isDryRun {
            let target = try TargetTree(lookingAt: self.target)
            return try run(files, site(source, target, progress, clones: false), report)
        }
        let target = try TargetTree(self.target, ownership: options.ownership)
        let lock = try TargetLock(target)
        let clones = options.sharing == .clone && CloneProbe.run(from: source, to: target)
        let site = site(source, target, progress, clones: clones)
        if lock.isLeftOver {
            let count = LeftoverSweep(target: target).run()
            site.note("An earlier run was killed; it left \(count) unfinished files, which were removed.")
        }
        return try run(files, site, report)
    }

    func run(
        _ files: some Sequence<MediaFile>,
        _ site: CopySite,
        _ report: (Int, MediaOutcome) -> Void
    ) throws(MediaError) -> MediaSummary {
        let workforce = try EngineChoice.workforce(site)
        let synchronizes = options.isDurable && !options.isDryRun
        var summary = MediaSummary(engine: workforce.engine, notes: workforce.notes)
        site.progress.choose(workforce.engine, workforce.notes)
        let exchange = Exchange(progress: site.progress)
        do throws(MediaError) {
            try workforce.run(exchange) { feed(files, to: exchange, &summary, report) }
        } catch {
            // What was copied shall stay; if that fails as well, the first failure is the one to tell.
            if synchronizes { try? site.target.synchronize() }
            throw error
        }
        if synchronizes { try site.target.synchronize() }
        summary.notes += site.notes
        site.progress.choose(workforce.engine, site.notes)
        return summary
    }

    /// The calling thread's part: files into the exchange, reports out of it.
    private func feed(
        _ files: some Sequence<MediaFile>,
        to exchange: Exchange,
        _ summary: inout MediaSummary,
        _ report: (Int, MediaOutcome) -> Void
    ) {
        var rest = files.makeIterator()
        var next = 0
        var isAtEnd = false
        while true {
            var jobs: [Exchange.Job] = []
            let room = isAtEnd || exchange.failure != nil ? 0 : min(exchange.room, Exchange.batch)
            while jobs.count < room, !isAtEnd {
                guard let file = rest.next() else {
                    isAtEnd = true
                    break
                }
                jobs.append(Exchange.Job(index: next, file: file))
                next += 1
            }
            if room > 0 { exchange.add(jobs, isLast: isAtEnd) }
            let (reports, isOver) = exchange.collect()
            for each in reports {
                summary.add(each)
                report(each.index, each.outcome)
            }
            if isOver { return }
        }
    }

    func site(
        _ source: SourceTree,
        _ target: TargetTree,
        _ progress: CopyProgress,
        clones: Bool
    ) -> CopySite {
        CopySite(
            source: source, target: target, options: options, progress: progress, clones: clones,
            copiesRanges: options.engine != .plain && options.sharing != .never)
    }
}
