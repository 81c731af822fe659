// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Rows of the source that a load leaves behind on purpose, and the query that counts them.
struct Omission: Sendable, Hashable {
    /// As the report names them: "devices of deactivated or missing accounts".
    let what: String
    /// Gives one number.
    let count: SQL

    init(_ what: String, _ count: SQL) {
        self.what = what
        self.count = count
    }
}
