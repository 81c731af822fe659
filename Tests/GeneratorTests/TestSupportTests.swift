// SPDX-License-Identifier: Apache-2.0
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("The tests' own PostgreSQL", .temporaryDatabase)
struct TestSupportTests {
    @Test("gives every test case a database of its own", arguments: 1...3)
    func isolated(_ number: Int64) throws {
        var connection = try TemporaryDatabase.connect()
        try connection.execute("CREATE TABLE mine AS SELECT \(number) AS number")
        #expect(try connection.integer("SELECT sum(number)::bigint FROM mine") == number)
        #expect(try connection.value("SHOW server_encoding") == "UTF8")
    }

    @Test("makes Synapse's own empty schema")
    func synapse() throws {
        var connection = try Connection(try SynapseSchema.make(), side: "Synapse's database")
        #expect(try connection.integer("SELECT version FROM schema_version") == 94)
        #expect(try connection.integer("SELECT count(*) FROM background_updates") == 0)
    }

    @Test("gives every test case a folder of its own", .temporaryFolder)
    func folder() throws {
        #expect(try FileManager.default.contentsOfDirectory(atPath: TemporaryFolder.path).isEmpty)
    }
}
