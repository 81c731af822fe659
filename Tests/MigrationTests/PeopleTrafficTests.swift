// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@Suite("Waiting traffic", .temporaryDatabase)
struct PeopleTrafficTests {
    /// Events as the area of rooms would have loaded them.
    private let room: SQL = """
        INSERT INTO rooms (room_id, is_public, creator, room_version) VALUES ('!r:example.org', false, '@alice:example.org', '10');
        INSERT INTO events (stream_ordering, topological_ordering, event_id, type, room_id, processed, outlier, depth, sender, contains_url)
        VALUES (50, 1, '$old', 'm.room.message', '!r:example.org', true, false, 1, '@alice:example.org', false),
               (60, 2, '$new', 'm.room.message', '!r:example.org', true, false, 2, '@alice:example.org', false);
        INSERT INTO current_state_events (event_id, room_id, type, state_key, membership)
        VALUES ('$old', '!r:example.org', 'm.room.member', '@alice:example.org', 'join');
        """

    @Test("for devices keeps its order, above all that an old token could acknowledge")
    func toDevice() async throws {
        let server = try PeopleServer(
            """
            INSERT INTO syncapi_send_to_device (id, user_id, device_id, content) VALUES
                (7, '@alice:example.org', 'PHONE', '{"type":"m.b", "content": {"é":"\\ud800"},"sender":"@a:b"}'),
                (3, '@alice:example.org', 'PHONE', '{"sender":"@a:b","type":"m.a","content":{}}'),
                (4, '@alice:example.org', 'GONE', '{}')
            """)
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT user_id, device_id, stream_id, message_json FROM device_inbox ORDER BY stream_id")
                == [
                    #"@alice:example.org|PHONE|1000|{"sender":"@a:b","type":"m.a","content":{}}"#,
                    #"@alice:example.org|PHONE|1001|{"type":"m.b", "content": {"é":"\ud800"},"sender":"@a:b"}"#,
                ])
        #expect(left["to-device messages for devices that are gone"] == 1)
        #expect(left["to-device messages that Synapse cannot read"] == nil)
    }

    @Test(
        "for devices stays behind where it would fail each of the device's syncs",
        arguments: [
            #"{"sender":"@a:b","type":"m.a","content":null}"#, #"{"sender":"@a:b","type":"m.a","content":"x"}"#,
            #"{"sender":"@a:b","type":"m.a","content":[1]}"#, #"{"sender":"@a:b","type":"m.a"}"#,
            #"{"type":"m.a","content":{}}"#, #"{"sender":"@a:b","content":{}}"#, "{", "[]",
            #"{"sender":"@a:b","type":"m.a","content":{"n":1e400}}"#,
        ])
    func unreadableMessages(message: String) async throws {
        let server = try PeopleServer(
            """
            INSERT INTO syncapi_send_to_device (id, user_id, device_id, content) VALUES
                (3, '@alice:example.org', 'PHONE', \(message)),
                (4, '@alice:example.org', 'PHONE', '{"sender":"@a:b","type":"m.a","content":{}}')
            """)
        let left = try await server.migrate()
        #expect(try server.rows("SELECT stream_id FROM device_inbox") == ["1001"])
        #expect(left["to-device messages that Synapse cannot read"] == 1)
    }

    @Test("announces everybody with keys once in each room, to nobody outside")
    func announcements() async throws {
        let server = try PeopleServer(
            """
            INSERT INTO keyserver_device_keys (user_id, device_id, ts_added_secs, key_json, stream_id, display_name)
            VALUES ('@alice:example.org', 'PHONE', 12, '{}', 1, '');
            INSERT INTO keyserver_cross_signing_keys (user_id, key_type, key_data) VALUES ('@bob:example.org', 1, 'BM')
            """)
        try server.prepare(room)
        try await server.migrate()
        #expect(
            try server.rows("SELECT stream_id, user_id, device_id FROM device_lists_stream ORDER BY 1")
                == ["1000|@alice:example.org|PHONE", "1001|@bob:example.org|BM"])
        #expect(
            try server.rows(
                "SELECT user_id, device_id, room_id, stream_id, converted_to_destinations, inserted_ts FROM device_lists_changes_in_room"
            )
                == ["@alice:example.org|PHONE|!r:example.org|1000|t|\(PeopleServer.now)"])
    }

    @Test("for other servers goes on from the first event that waits")
    func events() async throws {
        let server = try PeopleServer(
            #"""
            INSERT INTO roomserver_rooms (room_nid, room_id, room_version)
            VALUES (1, '!r:example.org', '10'), (2, '!s:example.org', 'org.matrix.msc4014');
            INSERT INTO roomserver_events (event_nid, room_nid, event_type_nid, event_state_key_nid, depth, event_id, auth_event_nids, sent_to_output, state_snapshot_nid)
            VALUES (3, 2, 7, 0, 1, '$strange', '{}', true, 1), (1, 1, 7, 0, 1, '$old', '{}', true, 1), (2, 1, 7, 0, 2, '$new', '{}', true, 1);
            INSERT INTO syncapi_output_room_events (id, event_id, room_id, headered_event_json, type, sender, contains_url)
            VALUES (50, '$old', '!r:example.org', '{}', 'm.room.message', '@alice:example.org', false),
                   (60, '$new', '!r:example.org', '{}', 'm.room.message', '@alice:example.org', false);
            INSERT INTO federationsender_queue_json (json_nid, json_body) VALUES
                (1, '{"content":{"_event_id":"$fake"},"_room_version":"10","_event_id":"$old"}'),
                (2, '{"content":{},"_room_version":"10","_event_id":"$new"}'), (3, '{"content":{},"_event_id":"$unknown"}'),
                (4, '{"content":{},"_event_id":"$strange"}');
            INSERT INTO federationsender_queue_pdus (transaction_id, server_name, json_nid)
            VALUES ('', 'far.example', 1), ('', 'far.example', 2), ('', 'away.example', 2), ('', 'away.example', 3),
                   ('', 'strange.example', 4), ('', 'lost.example', 99);
            INSERT INTO federationsender_blacklist VALUES ('away.example'), ('dead.example')
            """#)
        try server.prepare(room)
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT * FROM destinations ORDER BY 1") == [
                "away.example|\(PeopleServer.now)|86400000|\(PeopleServer.now)|59",
                "dead.example|\(PeopleServer.now)|86400000|\(PeopleServer.now)|-", "far.example|0|0|-|49",
            ])
        #expect(
            try server.rows("SELECT * FROM destination_rooms ORDER BY 1")
                == ["away.example|!r:example.org|60", "far.example|!r:example.org|60"])
        #expect(left["queued events for other servers that have no place in the stream"] == 3)
    }

    @Test("of devices for other servers finds Synapse's queues; what has none is counted")
    func notices() async throws {
        let server = try PeopleServer(
            #"""
            INSERT INTO keyserver_device_keys (user_id, device_id, ts_added_secs, key_json, stream_id, display_name)
            VALUES ('@alice:example.org', 'PHONE', 12, '{}', 1, '');
            INSERT INTO keyserver_cross_signing_keys (user_id, key_type, key_data)
            VALUES ('@alice:example.org', 1, 'AM'), ('@alice:example.org', 3, 'AU');
            INSERT INTO syncapi_send_to_device (user_id, device_id, content) VALUES ('@alice:example.org', 'PHONE', '{}');
            INSERT INTO federationsender_queue_json (json_nid, json_body) VALUES
                (1, '{"edu_type":"m.direct_to_device","content":{"messages":{"é":"\u00e9"}}}'),
                (8, '{"edu_type":"m.direct_to_device","content":{"messages":{"é":"\ud800"}}}'),
                (2, '{"edu_type":"m.device_list_update","content":{"user_id":"@alice:example.org","device_id":"PHONE"}}'),
                (3, '{"edu_type":"m.device_list_update","content":{"user_id":"@alice:example.org","device_id":"LOST","deleted":true}}'),
                (4, '{"edu_type":"m.signing_key_update","content":{"user_id":"@alice:example.org"}}'),
                (7, '{"edu_type":"m.signing_key_update","content":{"user_id":"@bob:example.org"}}'), (5, '{"broken'), (6, '{}');
            INSERT INTO federationsender_queue_edus (edu_type, server_name, json_nid, expires_at) VALUES
                ('m.direct_to_device', 'far.example', 1, 0), ('m.device_list_update', 'far.example', 2, 0),
                ('m.device_list_update', 'far.example', 3, 0), ('m.signing_key_update', 'far.example', 4, 4102444800000),
                ('m.signing_key_update', 'far.example', 7, 0), ('m.direct_to_device', 'far.example', 99, 0),
                ('m.direct_to_device', 'far.example', 5, 0), ('m.direct_to_device', 'far.example', 8, 0), ('m.receipt', 'far.example', 6, 4102444800000), ('m.typing', 'other.example', 6, 5)
            """#)
        try server.prepare(room)
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT destination, messages_json, stream_id FROM device_federation_outbox")
                == [#"far.example|{"messages":{"é":"é"}}|1001"#])
        #expect(
            try server.rows(
                """
                SELECT p.destination, p.user_id, p.device_id, p.sent FROM device_lists_outbound_pokes p
                JOIN device_lists_stream s USING (stream_id, user_id, device_id) ORDER BY 3
                """) == [
                    "far.example|@alice:example.org|AM|f", "far.example|@alice:example.org|LOST|f",
                    "far.example|@alice:example.org|PHONE|f",
                ])
        // Rooms hear of the newest, those that only the queue gave a position among them.
        #expect(
            try server.rows(
                "SELECT device_id, stream_id = (SELECT max(stream_id) FROM device_lists_stream) FROM device_lists_changes_in_room"
            )
                == ["LOST|t"])
        #expect(try server.rows("SELECT destination, failure_ts FROM destinations") == ["far.example|-"])
        #expect(left["queued m.receipt for other servers"] == 1)
        #expect(left["queued m.direct_to_device for other servers"] == 1)
        #expect(left["queued key updates of users whose keys are gone"] == 1)
        #expect(left["queued m.direct_to_device for other servers that cannot be read"] == 1)
        #expect(left["queued m.direct_to_device for other servers that cannot be sent"] == 1)
        #expect(left["queued notices for other servers that have lapsed"] == 1)
    }

    @Test("is none for bridges, and other servers' keys verify what they once signed")
    func bridgesAndServerKeys() async throws {
        let (new, old) = (String(repeating: "N", count: 42) + "w", String(repeating: "O", count: 42) + "w")
        let server = try PeopleServer(
            """
            INSERT INTO keydb_server_keys (server_name, server_key_id, server_name_and_key_id, valid_until_ts, expired_ts, server_key) VALUES
                ('far.example', 'ed25519:new', '1', 2000, 0, '\(raw: new)='), ('far.example', 'ed25519:old', '2', 0, 1000, '\(raw: old)'),
                ('far.example', 'ed25519:short', '4', 0, 1000, 'b2xk'), ('far.example', 'rsa:1', '5', 0, 1000, '\(raw: old)'),
                ('example.org', 'ed25519:own', '3', 5, 0, '\(raw: old)')
            """)
        let left = try await server.migrate()
        #expect(left["keys of other servers that are no Ed25519 keys"] == 2)
        #expect(
            try server.rows(
                """
                SELECT key_id, ts_valid_until_ms, j -> 'valid_until_ts', j -> 'verify_keys', j -> 'old_verify_keys', j -> 'signatures'
                FROM (SELECT *, convert_from(key_json, 'UTF8')::jsonb AS j FROM server_keys_json) AS k ORDER BY 1
                """) == [
                    #"ed25519:new|2000|2000|{"ed25519:new": {"key": "\#(new)"}}|"#
                        + #"{"ed25519:old": {"key": "\#(old)", "expired_ts": 1000}}|{}"#,
                    #"ed25519:old|1000|1000|{"ed25519:new": {"key": "\#(new)"}, "ed25519:old": {"key": "\#(old)"}}|"#
                        + #"{"ed25519:old": {"key": "\#(old)", "expired_ts": 1000}}|{}"#,
                ])
        #expect(
            try server.rows("SELECT * FROM application_services_state") == ["bridge|up|1000|1000|1000|1000"])
    }
}
