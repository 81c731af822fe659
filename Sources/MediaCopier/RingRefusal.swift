// SPDX-License-Identifier: Apache-2.0

/// Why this system's io_uring won't do.
struct RingRefusal: Error {
    /// A clause that ends a sentence.
    let reason: String
    var errno: Errno?
}
