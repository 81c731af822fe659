// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc
import Synchronization

/// Keeps all copying threads together below a number of bytes per second.
final class Throttle: Sendable {
    private let bytesPerSecond: Int?
    /// When the bytes granted so far are used up, in nanoseconds of the monotonic clock.
    let usedUp = Mutex<UInt64>(0)
    /// For how many nanoseconds somebody who asks to stop is not heard.
    private static let slice: UInt64 = 200_000_000
    private let isCancelled: @Sendable () -> Bool

    /// A limit for all threads together; nil for none.
    ///
    /// - Parameter isCancelled: whether nobody is to wait any more.
    init(bytesPerSecond: Int?, isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.bytesPerSecond = bytesPerSecond.map { max($0, 1) }
        self.isCancelled = isCancelled
    }

    /// Whether there is a limit at all.
    var isLimiting: Bool { bytesPerSecond != nil }

    /// Sleeps until `count` more bytes may be read, or somebody asks to stop.
    func take(_ count: Int) {
        let start = Self.now
        let end = start + grant(count, at: start)
        while !isCancelled() {
            let now = Self.now
            guard now < end else { return }
            var slice = timespec(tv_sec: 0, tv_nsec: Int(min(end - now, Self.slice)))
            // A signal that wakes it early is no harm: it looks at the clock again.
            nanosleep(&slice, nil)
        }
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
