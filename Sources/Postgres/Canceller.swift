// SPDX-License-Identifier: Apache-2.0
import CLibpq

/// Asks the server to stop what a connection is running; usable from any thread while the connection may be busy.
///
/// `@unchecked Sendable` holds because the PGcancel is never changed after it was made, and libpq documents PQcancel
/// as safe to call from another thread, even a signal handler.
public final class Canceller: @unchecked Sendable {
    private let handle: OpaquePointer?
    /// The database of the connection, as the operator knows it.
    public let side: String

    init(_ handle: OpaquePointer?, side: String) {
        self.handle = handle
        self.side = side
    }

    deinit { PQfreeCancel(handle) }

    /// Sends the request; the cancelled statement then fails with SQLSTATE 57014.
    ///
    /// Does nothing on a closed connection. It returns when the server has heard it: where the host is gone, libpq waits for
    /// as long as the kernel tries.
    public func cancel() {
        guard let handle else { return }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            _ = PQcancel(handle, message.baseAddress, Int32(message.count))
        }
    }
}
