// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Digest
import Glibc

/// Copies one file after the other, and has the last word on each: whatever another engine finds odd ends up here.
struct FileCopier: ~Copyable {
    static let bufferSize = 1 << 20
    /// From this size on room is reserved before the first byte is written.
    static let reservationSize: Int64 = 1 << 20

    let site: CopySite
    let buffer: UnsafeMutableRawBufferPointer
    /// Of the file that is being copied.
    let progress: FileProgress

    init(_ site: CopySite) {
        self.site = site
        progress = FileProgress(site.progress)
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 4096)
    }

    deinit { buffer.deallocate() }

    /// Copies a job's file.
    ///
    /// - Returns: The job, and what became of its file, its own faults included.
    /// - Throws: ``MediaError`` if no file can be copied any more, such as on a full disk.
    func copy(_ job: Exchange.Job) throws(MediaError) -> (Exchange.Job, MediaOutcome) {
        var job = job
        // Of a failure, or of nothing.
        defer { progress.takeBack() }
        let outcome = try copy(job.file)
        job.bytesCounted = progress.finish()
        return (job, outcome)
    }

    private func copy(_ file: MediaFile) throws(MediaError) -> MediaOutcome {
        do throws(CopyTrouble) {
            return try attempt(file)
        } catch {
            switch error {
            case .failure(let failure): throw failure
            case .fault(.missing, _, _):
                do throws(CopyTrouble) {
                    return try outcomeWithoutSource(file)
                } catch {
                    if case .failure(let failure) = error { throw failure }
                    return .refused(.missing)
                }
            case .fault(let reason, let size, let sha256): return .refused(reason, size: size, sha256: sha256)
            }
        }
    }

    private func attempt(_ file: MediaFile) throws(CopyTrouble) -> MediaOutcome {
        guard let first = file.targets.first, file.hasUsablePaths else { throw .fault(.unusablePath) }
        let source = try site.source.open(file.source)
        let status = try status(of: source, file)
        guard status.isRegular else { throw .fault(.notARegularFile) }
        let options = site.options
        let wrongSize = file.sha256 == nil ? ContentJudgement.wrongSize(of: file, size: status.size) : nil
        if let wrongSize, !options.keepsDamaged { throw .fault(wrongSize, size: status.size) }
        if var outcome = try outcomeOfEarlierRun(file, source, status) {
            outcome.fault = outcome.fault ?? wrongSize
            return outcome
        }
        if options.isDryRun { return try dryOutcome(file, source, status) }
        site.claims.waitAndClaim(first)
        defer { site.claims.release(first) }
        return try write(file, first, source, status)
    }

    /// Brings the content to the first target under a temporary name, and gives it all its names if it is whole.
    private func write(
        _ file: MediaFile,
        _ first: String,
        _ source: borrowing FileDescriptor,
        _ status: FileStatus
    ) throws(CopyTrouble) -> MediaOutcome {
        let temporary = TemporaryName.name(for: first)
        do throws(CopyTrouble) {
            try failing { () throws(MediaError) in _ = try site.target.makeDirectory(for: first) }
            var outcome = try fill(temporary, file, source, status)
            let after = try self.status(of: source, file)
            outcome.fault = ContentJudgement.fault(
                of: file, size: outcome.size, sha256: outcome.sha256,
                isChanged: after != status || outcome.size != after.size)
            if let fault = outcome.fault, fault == .changedWhileCopied || !site.options.keepsDamaged {
                throw .fault(fault, size: outcome.size, sha256: outcome.sha256)
            }
            try failing { () throws(MediaError) in try site.target.rename(temporary, to: first) }
            for other in file.targets.dropFirst() { try give(first, theName: other) }
            return outcome
        } catch {
            site.target.remove(temporary)
            throw error
        }
    }

    /// The cheapest way to a file with the source's content: link, clone, copy.
    private func fill(
        _ temporary: String,
        _ file: MediaFile,
        _ source: borrowing FileDescriptor,
        _ status: FileStatus
    ) throws(CopyTrouble) -> MediaOutcome {
        if site.isLinking || site.isCloning {
            let sha256 = site.hashes(file) ? try digest(of: source, file) : nil
            if site.isLinking, try link(temporary, file, status) {
                return MediaOutcome(.linked, size: status.size, sha256: sha256)
            }
            if site.isCloning, try clone(temporary, source) {
                return MediaOutcome(.cloned, size: status.size, sha256: sha256)
            }
            try rewind(source, file)
        }
        let output = try failing { () throws(MediaError) in try site.target.createTemporary(temporary) }
        let outcome = try copyContent(file, source, status, to: output, temporary)
        try close(output, temporary)
        return outcome
    }

    private func dryOutcome(
        _ file: MediaFile,
        _ source: borrowing FileDescriptor,
        _ status: FileStatus
    ) throws(CopyTrouble) -> MediaOutcome {
        guard site.options.verifies, site.hashes(file) else {
            return MediaOutcome(
                .wouldCopy, size: status.size,
                fault: file.sha256 == nil ? ContentJudgement.wrongSize(of: file, size: status.size) : nil)
        }
        let sha256 = try digest(of: source, file)
        let after = try self.status(of: source, file)
        let fault = ContentJudgement.fault(of: file, size: status.size, sha256: sha256, isChanged: after != status)
        if let fault, !site.options.keepsDamaged { throw .fault(fault, size: status.size, sha256: sha256) }
        return MediaOutcome(.wouldCopy, size: status.size, sha256: sha256, fault: fault)
    }

    // MARK: Whose fault an error is

    func status(of source: borrowing FileDescriptor, _ file: MediaFile) throws(CopyTrouble) -> FileStatus {
        do throws(Errno) {
            return try source.status
        } catch {
            throw site.source.trouble(error, with: file.source, wasOpen: true)
        }
    }

    func failing<Result: ~Copyable>(_ body: () throws(MediaError) -> Result) throws(CopyTrouble) -> Result {
        do throws(MediaError) {
            return try body()
        } catch {
            throw .failure(error)
        }
    }

    func onTarget<Result: ~Copyable>(
        _ path: String,
        _ operation: String,
        _ body: () throws(Errno) -> Result
    ) throws(CopyTrouble) -> Result {
        do throws(Errno) {
            return try body()
        } catch {
            throw .failure(.target(site.target.fullPath(path), operation, error))
        }
    }

    /// Ends a file at the target: its owner, and the errors that a file system keeps back until the end.
    func close(_ output: consuming FileDescriptor, _ temporary: String) throws(CopyTrouble) {
        if let ownership = site.target.ownership,
            fchown(output.rawValue, ownership.user, ownership.group) != 0
        {
            throw .failure(.target(site.target.fullPath(temporary), "change the owner of", .current))
        }
        do throws(Errno) {
            try output.close()
        } catch {
            throw .failure(.target(site.target.fullPath(temporary), "close", error))
        }
    }
}
