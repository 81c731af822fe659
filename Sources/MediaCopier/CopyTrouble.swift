// SPDX-License-Identifier: Apache-2.0
import Digest

/// Why one copy did not end well: the file's own fault, or something that stops them all.
enum CopyTrouble: Error {
    case fault(MediaFault.Reason, size: Int64 = 0, sha256: SHA256Digest? = nil)
    case failure(MediaError)
}
