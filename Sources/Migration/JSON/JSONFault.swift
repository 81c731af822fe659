// SPDX-License-Identifier: Apache-2.0

/// Why a JSON text cannot be read; never what stands in it.
struct JSONFault: Error, Sendable, Hashable, CustomStringConvertible {
    let reason: String
    /// Offset in bytes.
    let offset: Int

    var description: String { "\(reason) at byte \(offset)" }
}
