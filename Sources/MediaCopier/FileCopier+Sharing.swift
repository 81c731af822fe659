// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc

/// Contents that need no copy: other names of a file, and shared blocks.
extension FileCopier {
    /// Gives the source file a second name at the target.
    ///
    /// - Returns: Whether the file system could.
    func link(_ temporary: String, _ file: MediaFile, _ status: FileStatus) throws(CopyTrouble) -> Bool {
        let target = site.target
        target.remove(temporary)
        guard linkat(site.source.root.rawValue, file.source, target.root.rawValue, temporary, 0) == 0 else {
            switch Errno.current {
            case .crossDevice, .notPermitted, .notSupported, .notImplemented:
                site.stopLinking(.current)
                return false
            case .tooManyLinks:
                return false
            case .noSuchFile:
                throw .fault(.vanished, size: status.size)
            default:
                throw .failure(.target(target.fullPath(temporary), "link", .current))
            }
        }
        // linkat goes by the path once more: what it found must be what was opened.
        guard let linked = target.status(of: temporary), linked.isSameFile(as: status) else {
            throw .fault(.changedWhileCopied, size: status.size)
        }
        return true
    }

    /// Makes a file that shares the source's blocks.
    ///
    /// - Returns: Whether the file system could.
    func clone(_ temporary: String, _ source: borrowing FileDescriptor) throws(CopyTrouble) -> Bool {
        let output = try failing { () throws(MediaError) in try site.target.createTemporary(temporary) }
        guard cliburing_clone(output.rawValue, source.rawValue) == 0 else {
            let errno = Errno.current
            if [.noSpace, .quotaExceeded].contains(errno) {
                throw .failure(.target(site.target.fullPath(temporary), "clone", errno))
            }
            site.stopCloning(errno)
            site.target.remove(temporary)
            return false
        }
        guard let ownership = site.target.ownership,
            fchown(output.rawValue, ownership.user, ownership.group) != 0
        else { return true }
        throw .failure(.target(site.target.fullPath(temporary), "change the owner of", .current))
    }

    /// Gives a file of the target one more name, or a copy where it can't have one.
    func give(_ original: String, theName other: String) throws(CopyTrouble) {
        let isLinked = try failing { () throws(MediaError) in try site.target.link(original, as: other) }
        if isLinked { return }
        let temporary = TemporaryName.alias(of: original, at: other)
        do throws(CopyTrouble) {
            try copyInsideTarget(original, to: temporary)
            try failing { () throws(MediaError) in try site.target.rename(temporary, to: other) }
        } catch {
            site.target.remove(temporary)
            throw error
        }
    }

    private func copyInsideTarget(_ original: String, to temporary: String) throws(CopyTrouble) {
        let target = site.target
        let input = try onTarget(original, "open") { () throws(Errno) in
            try FileDescriptor(original, in: target.root.rawValue, O_RDONLY | O_NOFOLLOW)
        }
        let output = try failing { () throws(MediaError) in try target.createTemporary(temporary) }
        while true {
            let count = try onTarget(original, "read") { () throws(Errno) in try input.read(into: buffer) }
            try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), output, temporary)
            if count < buffer.count { break }
        }
        try close(output, temporary)
    }
}
