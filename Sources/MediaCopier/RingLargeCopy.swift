// SPDX-License-Identifier: Apache-2.0
import Digest

/// A file that is too large for one slot: it goes in chunks, several at a time, each of which borrows a slot.
///
/// A class, as its own slot and those of its chunks share it.
final class RingLargeCopy {
    /// The most chunks of one file that are in flight.
    static let chunkLimit = 6
    /// The most such files at a time on one ring; threads that copy file by file take the others.
    static let limit = 2

    /// The slot that the file itself has: its paths, its source, its place in the table of files.
    let owner: Int
    /// In bytes.
    let size: Int64
    /// Where the next chunk begins.
    var nextOffset: Int64 = 0
    var chunksInFlight = 0
    /// Whether no more chunks shall be begun, and what was copied is not to be kept.
    var hasFailed = false
    let progress: FileProgress
    private let isHashed: Bool
    private var running: SHA256?
    private var hashedBytes: Int64 = 0
    /// Chunks that are read and wait for those before them to be hashed: their slots, by their offsets.
    private var waiting: [Int64: Int] = [:]

    /// A copy of `size` bytes of which no chunk is begun.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    init(owner: Int, size: Int64, isHashed: Bool, _ progress: CopyProgress) throws(DigestError) {
        self.owner = owner
        self.size = size
        self.progress = FileProgress(progress)
        self.isHashed = isHashed
        if isHashed { running = try SHA256() }
    }

    /// Whether nothing is left to do, in a good or a bad end.
    var isOver: Bool { chunksInFlight == 0 && (hasFailed || nextOffset == size) }

    /// Notes that a chunk is in its slot's buffer.
    func read(_ slot: Int, at offset: Int64) { waiting[offset] = slot }

    /// The slot whose chunk is to be hashed next, if it has been read.
    func nextToHash() -> Int? { isHashed ? waiting.removeValue(forKey: hashedBytes) : waiting.popFirst()?.value }

    /// Hashes the chunk that ``nextToHash()`` gave.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    func hash(_ bytes: UnsafeRawBufferPointer) throws(DigestError) {
        guard isHashed else { return }
        try running?.update(bytes)
        hashedBytes += Int64(bytes.count)
    }

    /// Gives up all chunks that wait to be hashed.
    func abandonWaiting() -> [Int] {
        defer { waiting = [:] }
        return Array(waiting.values)
    }

    /// The SHA-256 of the whole content; nil if none was asked for.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    func finalize() throws(DigestError) -> SHA256Digest? {
        guard let whole = running.take() else { return nil }
        return try whole.finalize()
    }
}
