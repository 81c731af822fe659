// SPDX-License-Identifier: Apache-2.0
import CLiburing

/// Finds out whether the kernel lets us have an io_uring that can do all that copying needs.
enum RingProbe {
    private static let operations: [io_uring_op] = [
        IORING_OP_OPENAT, IORING_OP_OPENAT2, IORING_OP_CLOSE, IORING_OP_READ, IORING_OP_WRITE, IORING_OP_READ_FIXED,
        IORING_OP_WRITE_FIXED, IORING_OP_RENAMEAT,
        IORING_OP_MKDIRAT,
        // Came with Linux 5.15, as did opening into the ring's own file table, for which there is no probe.
        IORING_OP_LINKAT,
    ]

    /// Asks the kernel.
    ///
    /// - Throws: ``RingRefusal`` that says what is missing.
    static func run() throws(RingRefusal) {
        let ring: Ring
        do throws(Errno) {
            ring = try Ring(depth: 8)
        } catch {
            throw RingRefusal(reason: reason(error), errno: error)
        }
        guard ring.supports(operations) else {
            throw RingRefusal(reason: "the kernel lacks operations that came with Linux 5.15")
        }
        // A chain of requests reads the file table only when the request before has filled it.
        guard ring.has(UInt32(IORING_FEAT_LINKED_FILE)) else {
            throw RingRefusal(reason: "the kernel opens and writes in one chain only since Linux 5.17")
        }
        do throws(Errno) {
            try ring.registerFiles(1)
        } catch {
            throw RingRefusal(reason: "the kernel refuses a table of files (\(error.name))", errno: error)
        }
    }

    private static func reason(_ errno: Errno) -> String {
        switch errno {
        case .notPermitted: "the system forbids it (EPERM: a container's seccomp profile, or kernel.io_uring_disabled)"
        case .notImplemented: "the kernel has none (ENOSYS)"
        case .noMemory: "the limit on locked memory is too low (ENOMEM)"
        default: "the kernel refuses it (\(errno.name))"
        }
    }
}
