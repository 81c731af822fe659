// SPDX-License-Identifier: Apache-2.0

extension Array where Element == UInt8 {
    /// Appends a text's UTF-8.
    mutating func append(_ text: String) { append(contentsOf: text.utf8) }
}
