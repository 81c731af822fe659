// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc

/// An io_uring: requests go in, completions come out.
struct Ring: ~Copyable {
    /// Something that the kernel has done.
    struct Completion {
        /// The number that the request was given.
        let tag: UInt64
        /// What the system call would have returned: a count or descriptor, or a negated error number.
        let result: Int32
    }

    private let ring: UnsafeMutablePointer<io_uring>

    /// Sets one up, in which `depth` requests can wait to be submitted.
    ///
    /// - Throws: ``Errno`` if the kernel refuses.
    init(depth: UInt32) throws(Errno) {
        // Not the property itself: once that is set, a throw would run `deinit`.
        let new = UnsafeMutablePointer<io_uring>.allocate(capacity: 1)
        new.initialize(to: io_uring())
        // One thread only, and no interruptions to run completions: since Linux 6.1, which older ones call invalid.
        let wishes = [UInt32(IORING_SETUP_SINGLE_ISSUER) | UInt32(IORING_SETUP_DEFER_TASKRUN), 0]
        var result: Int32 = -EINVAL
        for flags in wishes where result == -EINVAL { result = io_uring_queue_init(depth, new, flags) }
        guard result == 0 else {
            new.deallocate()
            throw Errno(rawValue: -result)
        }
        ring = new
    }

    deinit {
        io_uring_queue_exit(ring)
        ring.deallocate()
    }

    // MARK: Setting up

    /// Whether the kernel knows an operation.
    func supports(_ operations: [io_uring_op]) -> Bool {
        guard let probe = io_uring_get_probe_ring(ring) else { return false }
        defer { io_uring_free_probe(probe) }
        return operations.allSatisfy { io_uring_opcode_supported(probe, Int32($0.rawValue)) != 0 }
    }

    /// Whether the kernel has a feature.
    func has(_ feature: UInt32) -> Bool { ring.pointee.features & feature == feature }

    /// Makes a table of files that are known to the ring alone, all empty at first.
    func registerFiles(_ count: Int) throws(Errno) {
        let none = [Int32](repeating: -1, count: count)
        let result = io_uring_register_files(ring, none, UInt32(count))
        guard result == 0 else { throw Errno(rawValue: -result) }
    }

    /// Pins buffers, so that the kernel needn't look them up for each request.
    func registerBuffers(_ buffers: [iovec]) throws(Errno) {
        let result = io_uring_register_buffers(ring, buffers, UInt32(buffers.count))
        guard result == 0 else { throw Errno(rawValue: -result) }
    }

    // MARK: Running

    /// A request to fill in; there is always one as long as no more than the ring's depth are made between submissions.
    func request(
        tag: UInt64,
        isLinked: Bool = false,
        isHardLinked: Bool = false,
        usesFileTable: Bool = false,
        _ prepare: (UnsafeMutablePointer<io_uring_sqe>) -> Void
    ) throws(MediaError) {
        guard let entry = io_uring_get_sqe(ring) else {
            throw .system("", "queue a request of io_uring", .busy)
        }
        prepare(entry)
        io_uring_sqe_set_data64(entry, tag)
        var flags = 0
        if isLinked { flags |= CLIBURING_SQE_IO_LINK }
        if isHardLinked { flags |= CLIBURING_SQE_IO_HARDLINK }
        if usesFileTable { flags |= CLIBURING_SQE_FIXED_FILE }
        entry.pointee.flags |= UInt8(truncatingIfNeeded: flags)
    }

    /// Submits what is queued, and waits until something is done.
    func submitAndWait() throws(Errno) {
        while true {
            let result = io_uring_submit_and_wait(ring, 1)
            if result >= 0 { return }
            switch Errno(rawValue: -result) {
            case .interrupted: continue
            // The kernel is out of room until completions are taken.
            case .busy, .tryAgain: return
            case let errno: throw errno
            }
        }
    }

    /// Takes a completion, if there is one.
    func nextCompletion() -> Completion? {
        var entry: UnsafeMutablePointer<io_uring_cqe>?
        guard io_uring_peek_cqe(ring, &entry) == 0, let entry else { return nil }
        let completion = Completion(tag: entry.pointee.user_data, result: entry.pointee.res)
        io_uring_cqe_seen(ring, entry)
        return completion
    }
}
