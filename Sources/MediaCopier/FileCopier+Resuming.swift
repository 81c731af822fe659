// SPDX-License-Identifier: Apache-2.0
import Digest
import Glibc

/// What an earlier run has left to be found.
extension FileCopier {
    /// What to say of a file that an earlier run has copied already, under all of its names or some.
    ///
    /// - Returns: `nil` if the content is not at the target.
    func outcomeOfEarlierRun(
        _ file: MediaFile,
        _ source: borrowing FileDescriptor,
        _ status: FileStatus
    ) throws(CopyTrouble) -> MediaOutcome? {
        var present: [String] = []
        var missing: [String] = []
        for name in file.targets {
            let found = site.target.status(of: name)
            if let found, found.isRegular, found.size == status.size {
                present.append(name)
            } else {
                missing.append(name)
            }
        }
        if present.isEmpty { return nil }
        var sha256: SHA256Digest?
        if compares(file) {
            let expected: SHA256Digest
            if let known = file.sha256 {
                expected = known
            } else {
                expected = try digest(of: source, file)
                try rewind(source, file)
            }
            for name in present where try digest(atTarget: name) != expected { return nil }
            sha256 = expected
        }
        if missing.isEmpty { return MediaOutcome(.alreadyThere, size: status.size, sha256: sha256) }
        if site.options.isDryRun { return MediaOutcome(.wouldCopy, size: status.size, sha256: sha256) }
        for name in missing { try give(present[0], theName: name) }
        return MediaOutcome(.copied, size: status.size, sha256: sha256)
    }

    /// What to say of a file that is gone from the source: it may have been copied in time.
    func outcomeWithoutSource(_ file: MediaFile) throws(CopyTrouble) -> MediaOutcome {
        guard let expected = file.sha256, file.hasUsablePaths else { throw .fault(.missing) }
        var size: Int64 = 0
        for name in file.targets {
            guard let found = site.target.status(of: name), found.isRegular, try digest(atTarget: name) == expected
            else { throw .fault(.missing) }
            size = found.size
        }
        return MediaOutcome(.alreadyThere, size: size, sha256: expected)
    }

    /// Whether a file at the target is believed only after it has been hashed.
    ///
    /// Where damaged files are kept, an equal size says nothing: what is at the target may be one of them.
    private func compares(_ file: MediaFile) -> Bool {
        site.options.verifies || (site.options.keepsDamaged && site.hashes(file))
    }

    private func digest(atTarget name: String) throws(CopyTrouble) -> SHA256Digest {
        let target: FileDescriptor
        do throws(Errno) {
            target = try FileDescriptor(name, in: site.target.root.rawValue, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            throw .failure(.target(site.target.fullPath(name), "open", error))
        }
        do throws(CopyTrouble) {
            return try digest(of: target, MediaFile(source: name, targets: []))
        } catch {
            guard case .fault(.io(let errno), _, _) = error else { throw error }
            throw .failure(.target(site.target.fullPath(name), "read", errno))
        }
    }
}
