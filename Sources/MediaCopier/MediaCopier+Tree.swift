// SPDX-License-Identifier: Apache-2.0

/// A whole folder as it is, where nothing else says which files there are.
extension MediaCopier {
    /// Copies every regular file of the source to the same path at the target.
    ///
    /// - Parameters:
    ///   - progress: Counters to read meanwhile from other threads, and the means to stop.
    ///   - leaveOut: Is told of all else that the source holds: symbolic links, devices, names that are no UTF-8, folders
    ///     that can't be read. Nothing of that is followed or copied.
    /// - Returns: As ``copy(_:progress:report:)`` does.
    /// - Throws: ``MediaError`` if copying could not go on.
    public func copyTree(
        progress: CopyProgress = CopyProgress(),
        leaveOut: (SourceEntry) -> Void
    ) throws(MediaError) -> MediaSummary {
        var listing = try SourceListing(source)
        return try withoutActuallyEscaping(leaveOut) { leaveOut throws(MediaError) in
            let files = AnyIterator<MediaFile> {
                while let entry = listing.next() {
                    let name = entry.path.split(separator: "/").last ?? ""
                    switch entry.kind {
                    case .folder: continue
                    // What another run of this program is at, or has left there; a folder below may have been a target.
                    case .file where TemporaryName.matches(String(name)) || name == TargetLock.name: continue
                    case .file: return MediaFile(source: entry.path, targets: [entry.path])
                    default: leaveOut(entry)
                    }
                }
                return nil
            }
            return try copy(files, progress: progress)
        }
    }

    /// How many files the source has, and bytes in them, as far as it can be read.
    ///
    /// - Throws: ``MediaError`` if the source can't be opened.
    public func sourceContent() throws(MediaError) -> (files: Int, bytes: Int64) {
        var (files, bytes) = (0, Int64(0))
        try Self.eachFile(of: source) { size, _ in (files, bytes) = (files + 1, bytes + size) }
        return (files, bytes)
    }

    /// How many bytes the source has that cannot be at the target yet, going by sums alone.
    ///
    /// - Throws: ``MediaError`` if the source can't be opened.
    public func bytesLeft() throws(MediaError) -> Int64 {
        var there: Int64 = 0
        // One that can't be looked at holds nothing of ours. A file with several names takes its room once.
        try? Self.eachFile(of: target) { size, names in there += size / Int64(max(1, names)) }
        return max(0, try sourceContent().bytes - there)
    }

    private static func eachFile(of folder: String, _ body: (Int64, Int) -> Void) throws(MediaError) {
        var listing = try SourceListing(folder)
        while let entry = listing.next() {
            guard entry.kind == .file, let size = listing.size(of: entry) else { continue }
            body(size.bytes, size.names)
        }
    }
}
