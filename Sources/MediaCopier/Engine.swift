// SPDX-License-Identifier: Apache-2.0

/// How files are copied.
public enum Engine: String, Sendable, Hashable, CaseIterable {
    /// The fastest one that this system allows.
    case auto
    /// io_uring: many files in flight on few threads.
    case uring
    /// A pool of threads that copy file by file.
    case threads
    /// One thread, read and write: for comparison, and where all else fails.
    case plain
}
