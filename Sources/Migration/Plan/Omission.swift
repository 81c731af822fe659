// SPDX-License-Identifier: Apache-2.0
public import Postgres

/// Rows of the source that a load leaves behind on purpose, and the query that counts them.
public struct Omission: Sendable, Hashable {
    /// As the report names them: "devices of deactivated or missing accounts".
    public let what: String
    /// Gives one number.
    public let count: SQL

    public init(_ what: String, _ count: SQL) {
        self.what = what
        self.count = count
    }
}
