// SPDX-License-Identifier: Apache-2.0
import Generator
import Postgres
import TestSupport
import Testing

@Suite("Dendrite's schema", .temporaryDatabase)
struct DendriteSchemaTests {
    @Test("has every component's tables")
    func tables() throws {
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        var connection = try TemporaryDatabase.connect()
        let counts = try connection.rows(
            """
            SELECT split_part(table_name, '_', 1), count(*) FROM information_schema.tables
            WHERE table_schema = 'public' GROUP BY 1 ORDER BY 1
            """)
        #expect(
            counts == [
                ["db", "1"], ["federationsender", "11"], ["keydb", "1"], ["keyserver", "7"], ["mediaapi", "2"],
                ["msc2836", "2"], ["relayapi", "2"], ["roomserver", "15"], ["syncapi", "15"], ["userapi", "14"],
            ])
    }

    @Test("starts where Dendrite's does")
    func start() throws {
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        var connection = try TemporaryDatabase.connect()
        #expect(
            try connection.integer(
                "SELECT event_type_nid FROM roomserver_event_types WHERE event_type = 'm.room.member'") == 5)
        #expect(try connection.integer("SELECT nextval('roomserver_event_type_nid_seq')") == 65536)
        #expect(try connection.integer("SELECT nextval('syncapi_stream_id')") == 1)
    }
}
