// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Glibc

/// Threads of the system's, for work that blocks.
enum Thread {
    typealias Identifier = pthread_t

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread, which must be joined.
    ///
    /// - Throws: ``Errno`` if the system has no room for one more.
    static func start(_ run: @escaping @Sendable () -> Void) throws(Errno) -> Identifier {
        var identifier = pthread_t()
        let body = Unmanaged.passRetained(Body(run))
        let result = pthread_create(
            &identifier, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        guard result == 0 else {
            body.release()
            throw Errno(rawValue: result)
        }
        return identifier
    }

    /// Waits for a thread's end.
    static func join(_ identifier: Identifier) { pthread_join(identifier, nil) }

    /// How many processors this thread may use, which may be fewer than there are (`sched_setaffinity(2)`).
    static var processorCount: Int {
        let count = cliburing_processor_count()
        return count > 0 ? Int(count) : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }
}
