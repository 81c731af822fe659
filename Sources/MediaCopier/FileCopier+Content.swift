// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Digest
import Glibc

/// Moving bytes.
extension FileCopier {
    /// Copies everything from where the source stands now, hashing on the way if that is asked for.
    func copyContent(
        _ file: MediaFile,
        _ source: borrowing FileDescriptor,
        _ status: FileStatus,
        to output: borrowing FileDescriptor,
        _ temporary: String
    ) throws(CopyTrouble) -> MediaOutcome {
        try reserve(status.size, output, temporary)
        _ = posix_fadvise(source.rawValue, 0, 0, POSIX_FADV_SEQUENTIAL)
        guard site.hashes(file) else {
            var size = site.isCopyingRanges ? try copyRanges(source, status, to: output, temporary) : 0
            try eachChunk(of: source, file) { bytes throws(CopyTrouble) in
                try write(bytes, output, temporary)
                progress.advance(by: bytes.count)
                size += Int64(bytes.count)
            }
            return MediaOutcome(.copied, size: size)
        }
        var size: Int64 = 0
        let sha256 = try hashing { running throws(CopyTrouble) in
            try eachChunk(of: source, file) { bytes throws(CopyTrouble) in
                // Written first: the kernel may begin to store the bytes while they are hashed.
                try write(bytes, output, temporary)
                progress.advance(by: bytes.count)
                try update(&running, bytes)
                size += Int64(bytes.count)
            }
        }
        return MediaOutcome(.copied, size: size, sha256: sha256)
    }

    /// The SHA-256 of everything from where the file stands now.
    func digest(of source: borrowing FileDescriptor, _ file: MediaFile) throws(CopyTrouble) -> SHA256Digest {
        try hashing { running throws(CopyTrouble) in
            try eachChunk(of: source, file) { bytes throws(CopyTrouble) in try update(&running, bytes) }
        }
    }

    func rewind(_ source: borrowing FileDescriptor, _ file: MediaFile) throws(CopyTrouble) {
        guard lseek(source.rawValue, 0, SEEK_SET) == 0 else {
            throw site.source.trouble(.current, with: file.source, wasOpen: true)
        }
    }

    func write(
        _ bytes: UnsafeRawBufferPointer,
        _ output: borrowing FileDescriptor,
        _ path: String
    ) throws(CopyTrouble) {
        do throws(Errno) {
            try output.write(bytes)
        } catch {
            throw .failure(.target(site.target.fullPath(path), "write", error))
        }
    }

    private func eachChunk(
        of source: borrowing FileDescriptor,
        _ file: MediaFile,
        _ body: (UnsafeRawBufferPointer) throws(CopyTrouble) -> Void
    ) throws(CopyTrouble) {
        while true {
            try stopIfCancelled()
            let count: Int
            do throws(Errno) {
                count = try source.read(into: buffer)
            } catch {
                throw site.source.trouble(error, with: file.source, wasOpen: true)
            }
            site.throttle.take(count)
            if count > 0 { try body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            if count < buffer.count { return }
        }
    }

    /// Reserves room for a large file, so that a full disk shows at once and the file system finds one stretch for it.
    private func reserve(
        _ size: Int64,
        _ output: borrowing FileDescriptor,
        _ temporary: String
    ) throws(CopyTrouble) {
        guard size >= Self.reservationSize, cliburing_fallocate(output.rawValue, size) != 0 else { return }
        let errno = Errno.current
        // All other refusals mean that the file system can't reserve; writing will show what it can.
        guard [.noSpace, .quotaExceeded, .fileTooLarge].contains(errno) else { return }
        throw .failure(.target(site.target.fullPath(temporary), "reserve room for", errno))
    }

    /// Has the kernel copy, without the bytes coming here.
    ///
    /// - Returns: How many bytes that did; the positions of both files stand behind them.
    private func copyRanges(
        _ source: borrowing FileDescriptor,
        _ status: FileStatus,
        to output: borrowing FileDescriptor,
        _ temporary: String
    ) throws(CopyTrouble) -> Int64 {
        var copied: Int64 = 0
        while copied < status.size {
            try stopIfCancelled()
            // In pieces where a rate must be kept, else as much as a signal, and who watches the progress, may wait for.
            let piece = min(status.size - copied, site.throttle.isLimiting ? Int64(buffer.count) : 1 << 25)
            site.throttle.take(Int(piece))
            let count = cliburing_copy_file_range(source.rawValue, output.rawValue, Int(piece))
            if count == 0 { break }
            if count > 0 {
                copied += Int64(count)
                progress.advance(by: count)
                continue
            }
            let errno = Errno.current
            if errno == .interrupted { continue }
            if [.noSpace, .quotaExceeded, .fileTooLarge].contains(errno) {
                throw .failure(.target(site.target.fullPath(temporary), "write", errno))
            }
            // Reading and writing tells which side it was, if it fails as well.
            if [.crossDevice, .invalidArgument, .notImplemented, .notSupported, .notPermitted].contains(errno) {
                site.stopCopyingRanges(errno)
            }
            break
        }
        return copied
    }

    /// A large file may take longer than somebody who wants to stop will wait.
    private func stopIfCancelled() throws(CopyTrouble) {
        if site.progress.isCancelled { throw .failure(.cancelled) }
    }

    private func hashing(_ body: (inout SHA256) throws(CopyTrouble) -> Void) throws(CopyTrouble) -> SHA256Digest {
        var running: SHA256
        do throws(DigestError) {
            running = try SHA256()
        } catch {
            throw .failure(Self.failure(error))
        }
        try body(&running)
        do throws(DigestError) {
            return try running.finalize()
        } catch {
            throw .failure(Self.failure(error))
        }
    }

    private func update(_ running: inout SHA256, _ bytes: UnsafeRawBufferPointer) throws(CopyTrouble) {
        do throws(DigestError) {
            try running.update(bytes)
        } catch {
            throw .failure(Self.failure(error))
        }
    }

    static func failure(_ error: DigestError) -> MediaError {
        MediaError(.system, path: "", operation: "hash", "Could not compute a SHA-256: \(error).")
    }
}
