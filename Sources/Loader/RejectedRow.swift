// SPDX-License-Identifier: Apache-2.0

/// A row that cannot be loaded: which one, and why.
///
/// It never holds what a user wrote.
public struct RejectedRow: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// What identifies the row in the source, such as an event id.
    public var key: String
    /// The column at fault, where there is one.
    public var column: String?
    /// Why, as the end of a sentence about the row: "its room is missing".
    public var reason: String

    /// A row that is to be named, without what is in it.
    public init(key: String, column: String? = nil, reason: String) {
        self.key = key
        self.column = column
        self.reason = reason
    }

    /// Which row, the column where there is one, and why, with colons between.
    public var description: String {
        column.map { "\(key): \($0): \(reason)" } ?? "\(key): \(reason)"
    }
}
