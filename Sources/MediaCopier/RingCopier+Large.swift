// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Digest
import Glibc

/// Files that are larger than a slot: room is reserved, then several chunks are read and written at a time.
extension RingCopier {
    /// Whether a large file is for this ring: where nothing is hashed, the kernel copies it with one copy less by itself.
    func takesLarge(_ file: MediaFile) -> Bool {
        largeCopies.count < RingLargeCopy.limit && (site.hashes(file) || !site.isCopyingRanges)
    }

    /// Creates the target and reserves its room; chunks follow when that is done.
    mutating func beginLarge(_ number: Int, _ file: MediaFile, _ size: Int64) throws(MediaError) {
        let copy: RingLargeCopy
        do throws(DigestError) {
            copy = try RingLargeCopy(owner: number, size: size, isHashed: site.hashes(file), site.progress)
        } catch {
            throw FileCopier.failure(error)
        }
        memory.slots[number].large = copy
        largeCopies.append(copy)
        let slot = memory.slots[number]
        let root = site.target.root.rawValue
        let isReserved = size >= FileCopier.reservationSize
        RingSlot.fill(slot.temporaryPath, slot.temporary)
        try ring.request(tag: slot.tag(.openTarget), isLinked: isReserved) {
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            io_uring_prep_openat_direct($0, root, slot.temporaryPath, flags, TargetTree.fileMode, UInt32(number))
        }
        memory.slots[number].pending = 1
        guard isReserved else { return }
        try ring.request(tag: slot.tag(.reserve), usesFileTable: true) {
            io_uring_prep_fallocate($0, Int32(number), 0, 0, off_t(size))
        }
        memory.slots[number].pending = 2
    }

    /// Begins as many chunks as there is room for.
    mutating func feedLarge() {
        for copy in largeCopies where memory.slots[copy.owner].isTargetOpen { feed(copy) }
    }

    mutating func feed(_ copy: RingLargeCopy) {
        if site.progress.isCancelled { exchange.fail(.cancelled) }
        // A large file may take longer than somebody who wants to stop will wait.
        if exchange.failure != nil { copy.hasFailed = true }
        while !copy.hasFailed, copy.nextOffset < copy.size, copy.chunksInFlight < RingLargeCopy.chunkLimit,
            let number = freeSlots.last
        {
            let length = Int(min(copy.size - copy.nextOffset, Int64(RingMemory.largestContent)))
            guard memory.lend(length, to: number) else { break }
            freeSlots.removeLast()
            memory.slots[number].large = copy
            memory.slots[number].chunk = RingSlot.Chunk(offset: copy.nextOffset, length: length)
            memory.slots[number].pending = 2
            copy.nextOffset += Int64(length)
            copy.chunksInFlight += 1
            site.throttle.take(length)
            attemptLarge(copy) { copier throws(MediaError) in try copier.queueChunk(memory: number, of: copy) }
        }
        finishIfOver(copy)
    }

    /// read → write, at the same offset of either file.
    private func queueChunk(memory number: Int, of copy: RingLargeCopy) throws(MediaError) {
        let slot = memory.slots[number]
        guard let chunk = slot.chunk else { return }
        try queueRead(slot, .readChunk, of: memory.slots[copy.owner], chunk.length, at: chunk.offset)
        try queueWrite(slot, .writeChunk, to: copy.owner, chunk.length, at: chunk.offset)
    }

    /// Goes on after a chunk's request has come to an end.
    mutating func advanceChunk(_ number: Int, _ operation: RingSlot.Operation, _ result: Int32) {
        guard let copy = memory.slots[number].large, let chunk = memory.slots[number].chunk else { return }
        memory.slots[number].pending -= 1
        if Int(result) != chunk.length {
            copy.hasFailed = true
            if operation == .readChunk, result == -EINVAL, memory.slots[copy.owner].isDirect {
                site.source.stopReadingDirectly()
            }
        }
        if operation == .writeChunk, !copy.hasFailed { copy.progress.advance(by: chunk.length) }
        if operation == .readChunk, !copy.hasFailed {
            copy.read(number, at: chunk.offset)
            hashWhatIsRead(of: copy)
        }
        if copy.hasFailed {
            // Nobody waits for them any more.
            for waiting in copy.abandonWaiting() { freeIfDone(waiting, of: copy) }
            memory.slots[number].chunk?.isHashed = true
        }
        freeIfDone(number, of: copy)
        feed(copy)
    }

    /// Chunks may be read in any order, and are hashed in theirs, while the kernel writes them and reads others.
    private mutating func hashWhatIsRead(of copy: RingLargeCopy) {
        while !copy.hasFailed, let number = copy.nextToHash(), let chunk = memory.slots[number].chunk {
            let bytes = memory.slots[number].content(chunk.length)
            attemptLarge(copy) { _ throws(MediaError) in
                do throws(DigestError) {
                    try copy.hash(bytes)
                } catch {
                    throw FileCopier.failure(error)
                }
            }
            memory.slots[number].chunk?.isHashed = true
            freeIfDone(number, of: copy)
        }
    }

    private mutating func freeIfDone(_ number: Int, of copy: RingLargeCopy) {
        guard let chunk = memory.slots[number].chunk, memory.slots[number].pending == 0,
            chunk.isHashed || copy.hasFailed
        else { return }
        memory.takeBuffer(of: number)
        memory.slots[number].reset()
        freeSlots.append(number)
        copy.chunksInFlight -= 1
    }

    /// Judges the content once all of it is here, and closes the target.
    private mutating func finishIfOver(_ copy: RingLargeCopy) {
        guard copy.isOver, let position = largeCopies.firstIndex(where: { $0 === copy }) else { return }
        largeCopies.remove(at: position)
        let number = copy.owner
        attempt(number) { copier throws(MediaError) in try copier.endLarge(number, copy) }
    }

    private mutating func endLarge(_ number: Int, _ copy: RingLargeCopy) throws(MediaError) {
        guard !copy.hasFailed, let file = memory.slots[number].job?.file else {
            memory.slots[number].hasFailed = true
            return try goOn(number)
        }
        do throws(DigestError) {
            memory.slots[number].digest = try copy.finalize()
        } catch {
            throw FileCopier.failure(error)
        }
        judge(number, file)
        if memory.slots[number].hasFailed { return try goOn(number) }
        let tag = memory.slots[number].tag(.closeTarget)
        try ring.request(tag: tag) { io_uring_prep_close_direct($0, UInt32(number)) }
        memory.slots[number].pending = 1
    }

    /// Runs a step of a large copy; if it fails, all copying ends, but what is in flight is brought to its end.
    private mutating func attemptLarge(
        _ copy: RingLargeCopy, _ step: (inout RingCopier) throws(MediaError) -> Void
    ) {
        do throws(MediaError) {
            try step(&self)
        } catch {
            exchange.fail(error)
            copy.hasFailed = true
        }
    }
}
