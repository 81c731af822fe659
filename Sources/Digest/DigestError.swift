// SPDX-License-Identifier: Apache-2.0
import CLibcrypto

/// What libcrypto would not do, and its own words on why.
public struct DigestError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The libcrypto function that failed, or the rule that the input broke.
    public let operation: String
    /// libcrypto's own message, or a sentence of ours where it had none.
    public let reason: String

    /// Says what failed, and why.
    public init(operation: String, reason: String) {
        self.operation = operation
        self.reason = reason
    }

    /// Both in one line.
    public var description: String { "\(operation): \(reason)" }

    /// Takes the oldest error off this thread's queue in libcrypto, and forgets the others.
    static func last(_ operation: String) -> DigestError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let text = ERR_reason_error_string(code) else {
            return DigestError(operation: operation, reason: "libcrypto gave no reason")
        }
        return DigestError(operation: operation, reason: String(cString: text))
    }
}
