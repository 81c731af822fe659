// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc
import Synchronization

/// Keeps all copying threads together below a number of bytes per second.
final class Throttle: Sendable {
    private let bytesPerSecond: Int?
    /// When the bytes granted so far are used up, in nanoseconds of the monotonic clock.
    let usedUp = Mutex<UInt64>(0)

    init(bytesPerSecond: Int?) { self.bytesPerSecond = bytesPerSecond.map { max($0, 1) } }

    /// Whether there is a limit at all.
    var isLimiting: Bool { bytesPerSecond != nil }

    /// Sleeps until `count` more bytes may be read.
    func take(_ count: Int) {
        let nanoseconds = grant(count, at: Self.now)
        guard nanoseconds > 0 else { return }
        var left = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        var rest = timespec()
        while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
    }

    /// Grants `count` more bytes to somebody who asks at `now`.
    ///
    /// - Returns: After how many nanoseconds they may be read.
    func grant(_ count: Int, at now: UInt64) -> UInt64 {
        guard let bytesPerSecond, count > 0 else { return 0 }
        let cost = UInt64(Double(count) / Double(bytesPerSecond) * 1e9)
        return usedUp.withLock { usedUp in
            let start = max(usedUp, now)
            usedUp = start + cost
            return start - now
        }
    }

    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
