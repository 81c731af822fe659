// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Loader
@testable import Migration

@Suite("Loads that the target does by itself")
struct DeclaredTablesTests {
    @Test("say which tables they fill, so that giving up empties them")
    func declared() {
        let plan = Plan(
            serverName: "example.org", now: 1, streamOrdering: StreamOrdering(highestSyncID: 1, highestEventNID: 1),
            firstFreeStream: 1)
        var statements = 0
        for load in plan.areas.flatMap(\.loads) {
            guard case .statements(let written) = load.work else { continue }
            for insert in written.compactMap({ InsertStatement($0) }) where !insert.table.hasPrefix("matrix_loader.") {
                statements += 1
                #expect(load.tables.contains(insert.table), "\(load.id)")
            }
        }
        #expect(statements > 5)
    }
}
