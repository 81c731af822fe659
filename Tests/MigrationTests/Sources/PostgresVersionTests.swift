// SPDX-License-Identifier: Apache-2.0
import Loader
import Migration
import Postgres
import TestSupport
import Testing

@Suite("Servers on PostgreSQL 18", .temporaryDatabase, .temporaryFolder)
struct PostgresVersionTests {
    /// The generator makes the same server again from the same seed.
    @Test("are migrated from and to as those on Debian's are")
    func either() async throws {
        let newest = try TemporaryCluster.shared18
        let old = try await MigratedServer()
        let fromOldToOld = try SynapseSchema.make()
        _ = try await old.migrate(to: fromOldToOld)
        let contents = try MigratedServer.contents(of: fromOldToOld)

        let fromOldToNew = try SynapseSchema.make(on: newest)
        var target = try Connection(fromOldToNew, side: "the test's Synapse")
        #expect(target.serverVersion / 10_000 == 18)
        try target.execute("SET application_name = 'matrix-loader'")
        let catalog = try Self.catalog(&target)
        #expect(Migration(old.homeservers(fromOldToNew)).check() == [])
        _ = try await old.migrate(to: fromOldToNew)
        #expect(try Set(MigratedServer.contents(of: fromOldToNew)).symmetricDifference(contents) == [])
        #expect(try Self.catalog(&target) == catalog)
        #expect(try old.verify(fromOldToNew).isWhole)
        #expect(try MigrationTarget(fromOldToNew).abort())
        #expect(try Self.catalog(&target) == catalog)
        #expect(try target.integer("SELECT count(*) FROM events") == 0)

        let new = try await MigratedServer(in: newest.conninfo(try newest.makeDatabase()))
        let fromNewToOld = try SynapseSchema.make()
        _ = try await new.migrate(to: fromNewToOld)
        #expect(try Set(MigratedServer.contents(of: fromNewToOld)).symmetricDifference(contents) == [])
        #expect(try new.verify(fromNewToOld).isWhole)
    }

    /// Indexes, constraints and triggers; in 18 a NOT NULL is a constraint too.
    private static func catalog(_ target: inout Connection) throws -> [[String?]] {
        try target.rows("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
            + target.rows(
                """
                SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2
                """)
            + target.rows(
                "SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2")
    }
}
