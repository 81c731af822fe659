// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc

/// The memory that a ring's requests use, from the first request to the last completion.
struct RingMemory: ~Copyable {
    /// Files in flight on one ring.
    static let slotCount = 32
    /// The largest file that is copied in one read and one write.
    static let slotSize = 1 << 18

    let buffers: UnsafeMutableRawBufferPointer
    /// How files are opened for reading; the kernel reads it when it comes to a request.
    let how: UnsafeMutablePointer<open_how>
    var slots: [RingSlot] = []
    /// Set where requests may still be running: then the memory is never given back.
    var isAbandoned = false

    init() {
        // Only pages that a file has filled become memory.
        buffers = .allocate(byteCount: Self.slotCount * Self.slotSize, alignment: 4096)
        how = .allocate(capacity: 1)
        how.initialize(to: SourceTree.how)
        for number in 0..<Self.slotCount {
            let start = number * Self.slotSize
            slots.append(
                RingSlot(
                    number: number,
                    buffer: UnsafeMutableRawBufferPointer(rebasing: buffers[start..<start + Self.slotSize])))
        }
    }

    deinit {
        guard !isAbandoned else { return }
        for slot in slots { slot.deallocatePaths() }
        how.deallocate()
        buffers.deallocate()
    }

    /// The slots' buffers, as the kernel wants to be told of them.
    var vectors: [iovec] { slots.map { iovec(iov_base: $0.buffer.baseAddress, iov_len: $0.buffer.count) } }
}
