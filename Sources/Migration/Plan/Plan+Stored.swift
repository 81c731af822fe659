// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The plan as the ledger keeps it, so that a later run gives every row the same numbers.
extension Plan {
    /// As JSON; without secrets, which are read from the configuration again.
    var stored: String {
        get throws {
            var kept = self
            kept.applicationServiceTokens = []
            return String(decoding: try JSONEncoder().encode(kept), as: UTF8.self)
        }
    }

    /// Reads a ledger's plan: ``stored`` of the run that began the migration.
    ///
    /// - Throws: ``MigrationError/unreadablePlan``.
    init(storedAs text: String) throws(MigrationError) {
        guard let plan = try? JSONDecoder().decode(Plan.self, from: Data(text.utf8)) else { throw .unreadablePlan }
        self = plan
    }
}
