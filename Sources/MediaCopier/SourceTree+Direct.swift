// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc

/// Reading past the page cache: what is not in there need not go through it, as nobody will read it once more.
///
/// That spares a copy of each byte and the memory for it, which the databases next door have better use for.
extension SourceTree {
    /// Sizes and places of direct reads are multiples of this: no file system wants larger ones.
    private static let blockSize = 4096
    /// What is smaller costs more to ask about than to copy.
    private static let directSize: Int64 = 1 << 14

    static func roundedUp(_ byteCount: Int) -> Int { (byteCount + blockSize - 1) / blockSize * blockSize }

    /// Has an open file read directly, if it is not in the page cache and can be.
    func readsDirectly(_ descriptor: Int32, _ size: Int64) -> Bool {
        guard size >= Self.directSize, mayReadDirectly else { return false }
        var found = cliburing_cache_state()
        guard cliburing_cachestat(descriptor, &found) == 0 else {
            // An older kernel: then the page cache is never passed by, as it may have everything.
            stopReadingDirectly()
            return false
        }
        guard found.cached == 0 else { return false }
        if fcntl(descriptor, F_SETFL, Self.openFlags | Int32(CLIBURING_O_DIRECT)) == 0 { return true }
        stopReadingDirectly()
        return false
    }
}
