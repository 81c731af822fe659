// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc

/// The requests that move bytes.
extension RingCopier {
    /// read → open → write → close: each waits for the one before, and is cancelled if that fails or falls short.
    func queueChain(_ slot: RingSlot, _ size: Int) throws(MediaError) {
        let index = UInt32(slot.number)
        let root = site.target.root.rawValue
        RingSlot.fill(slot.temporaryPath, slot.temporary)
        try queueRead(slot, .read, of: slot, size, at: 0)
        try ring.request(tag: slot.tag(.openTarget), isLinked: true) {
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            io_uring_prep_openat_direct($0, root, slot.temporaryPath, flags, TargetTree.fileMode, index)
        }
        try queueWrite(slot, .write, to: slot.number, size, at: 0, isLinked: true)
        try ring.request(tag: slot.tag(.closeTarget)) { io_uring_prep_close_direct($0, index) }
    }

    /// Reads into a slot's buffer from the source that `owner` has open; what follows is linked to it.
    func queueRead(
        _ slot: RingSlot,
        _ operation: RingSlot.Operation,
        of owner: RingSlot,
        _ length: Int,
        at offset: Int64
    ) throws(MediaError) {
        // Past the page cache only whole blocks can be asked for. The end of the file then makes for a short read, which
        // would break a plain link; `noteRead` and `advanceChunk` look at the length, whatever was written meanwhile.
        let asked = owner.isDirect ? SourceTree.roundedUp(length) : length
        let (base, count, place) = (slot.buffer?.baseAddress, UInt32(asked), UInt64(offset))
        let isFixed = usesFixedBuffers
        try ring.request(tag: slot.tag(operation), isLinked: asked == length, isHardLinked: asked != length) {
            if isFixed {
                io_uring_prep_read_fixed($0, owner.source, base, count, place, 0)
            } else {
                io_uring_prep_read($0, owner.source, base, count, place)
            }
        }
    }

    /// Writes from a slot's buffer to the temporary file that the ring's file table has at `index`.
    func queueWrite(
        _ slot: RingSlot,
        _ operation: RingSlot.Operation,
        to index: Int,
        _ length: Int,
        at offset: Int64,
        isLinked: Bool = false
    ) throws(MediaError) {
        let (base, count, place) = (slot.buffer?.baseAddress, UInt32(length), UInt64(offset))
        let isFixed = usesFixedBuffers
        try ring.request(tag: slot.tag(operation), isLinked: isLinked, usesFileTable: true) {
            if isFixed {
                io_uring_prep_write_fixed($0, Int32(index), base, count, place, 0)
            } else {
                io_uring_prep_write($0, Int32(index), base, count, place)
            }
        }
    }
}
