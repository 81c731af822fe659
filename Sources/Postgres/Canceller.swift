// SPDX-License-Identifier: Apache-2.0
import CLibpq

/// Asks the server to stop what a connection is running; usable from any thread while the connection may be busy.
///
/// `@unchecked Sendable` holds because the PGcancel is never changed after it was made, and libpq documents PQcancel
/// as safe to call from another thread, even a signal handler.
public final class Canceller: @unchecked Sendable {
    private let handle: OpaquePointer?

    init(_ handle: OpaquePointer?) { self.handle = handle }

    deinit { PQfreeCancel(handle) }

    /// Sends the request; the cancelled statement then fails with SQLSTATE 57014.
    ///
    /// Does nothing on a closed connection.
    public func cancel() {
        guard let handle else { return }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            _ = PQcancel(handle, message.baseAddress, Int32(message.count))
        }
    }
}
