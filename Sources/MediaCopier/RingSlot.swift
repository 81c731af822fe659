// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Digest
import Glibc

/// One file in flight: its paths, how far it has come, and its buffer while there is something in it.
///
/// The kernel reads the paths and writes to the buffer while requests run; both stay where they are until the slot is freed.
struct RingSlot {
    /// The requests of a copy, in their order.
    enum Operation: UInt8 {
        case openSource
        case makeFolderAbove
        case makeFolder
        case read
        case openTarget
        case write
        case closeTarget
        case rename
        case closeAfterFailure
        // Of large files, and of their chunks.
        case reserve
        case readChunk
        case writeChunk
    }

    /// A part of a large file, for which the slot's buffer is lent.
    struct Chunk {
        let offset: Int64
        let length: Int
        /// Whether nobody needs the buffer any more but the kernel.
        var isHashed = false
    }

    /// Room for one path with its final zero.
    static let pathCapacity = Int(PATH_MAX)

    /// Its place in the ring's table of files.
    let number: Int
    let sourcePath: UnsafeMutablePointer<CChar>
    let temporaryPath: UnsafeMutablePointer<CChar>
    let targetPath: UnsafeMutablePointer<CChar>

    var job: Exchange.Job?
    var source: Int32 = -1
    var status: FileStatus?
    /// What the arena has lent for the content.
    var buffer: UnsafeMutableRawBufferPointer?
    /// Whether the source is read past the page cache.
    var isDirect = false
    var digest: SHA256Digest?
    /// Completions still to come.
    var pending = 0
    /// Whether a request came to another end than expected.
    var hasFailed = false
    /// Whether the ring's file table holds the temporary file.
    var isTargetOpen = false
    /// Whether the target's folder was made for this file.
    var isFolderNew = false
    /// Whether the target is this slot's to write to.
    var isClaimed = false
    var isRenamed = false
    var temporary = ""
    /// The large file whose own slot this is, or one of whose chunks is here.
    var large: RingLargeCopy?
    var chunk: Chunk?

    init(_ number: Int) {
        self.number = number
        sourcePath = .allocate(capacity: Self.pathCapacity)
        temporaryPath = .allocate(capacity: Self.pathCapacity)
        targetPath = .allocate(capacity: Self.pathCapacity)
    }

    func deallocatePaths() {
        sourcePath.deallocate()
        temporaryPath.deallocate()
        targetPath.deallocate()
    }

    /// Makes the slot ready for the next file.
    ///
    /// The source must be closed, and the buffer given back.
    mutating func reset() {
        job = nil
        status = nil
        isDirect = false
        digest = nil
        pending = 0
        hasFailed = false
        isTargetOpen = false
        isFolderNew = false
        isClaimed = false
        isRenamed = false
        large = nil
        chunk = nil
    }

    mutating func closeSource() {
        if source >= 0 { _ = Glibc.close(source) }
        source = -1
    }

    /// The first bytes of the buffer.
    func content(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            rebasing: buffer.map { $0[..<count] } ?? UnsafeMutableRawBufferPointer(start: nil, count: 0)[...])
    }

    func tag(_ operation: Operation) -> UInt64 { UInt64(number) << 8 | UInt64(operation.rawValue) }

    static func fill(_ place: UnsafeMutablePointer<CChar>, _ path: String) {
        var path = path
        path.withUTF8 { bytes in
            let count = min(bytes.count, pathCapacity - 1)
            if let base = bytes.baseAddress { memcpy(place, base, count) }
            place[count] = 0
        }
    }
}
