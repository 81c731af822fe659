// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc
import Synchronization

/// Keeps all copying threads together below a number of bytes per second.
final class Throttle: Sendable {
    private let bytesPerSecond: Int?
    /// When the bytes granted so far are used up, in nanoseconds of the monotonic clock.
    private let usedUp = Mutex<UInt64>(0)

    init(bytesPerSecond: Int?) { self.bytesPerSecond = bytesPerSecond.map { max($0, 1) } }

    /// Whether there is a limit at all.
    var isLimiting: Bool { bytesPerSecond != nil }

    /// Sleeps until `count` more bytes may be read.
    func take(_ count: Int) {
        guard let bytesPerSecond, count > 0 else { return }
        let cost = UInt64(Double(count) / Double(bytesPerSecond) * 1e9)
        let now = Self.now
        let start = usedUp.withLock { usedUp in
            let start = max(usedUp, now)
            usedUp = start + cost
            return start
        }
        guard start > now else { return }
        let nanoseconds = start - now
        var left = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        var rest = timespec()
        while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
    }

    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
