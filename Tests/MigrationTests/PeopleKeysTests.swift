// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres
import TestSupport
import Testing

@Suite("Encryption keys", .temporaryDatabase)
struct PeopleKeysTests {
    @Test("of devices are written in canonical form, without what the server adds")
    func deviceKeys() async throws {
        let server = try PeopleServer(
            #"""
            INSERT INTO keyserver_device_keys (user_id, device_id, ts_added_secs, key_json, stream_id, display_name) VALUES
                ('@alice:example.org', 'PHONE', 12, '{ "user_id": "@alice:example.org", "unsigned": {}, "keys": {"b": 1, "a": "\u00e9"} }', 1, ''),
                ('@alice:example.org', 'GONE', 12, '{}', 1, ''), ('@bob:example.org', 'LAPTOP', 12, '', 1, '');
            INSERT INTO keyserver_one_time_keys (user_id, device_id, key_id, algorithm, ts_added_secs, key_json) VALUES
                ('@alice:example.org', 'PHONE', 'AAAA', 'signed_curve25519', 3, '{"key": "x", "fallback": false}'),
                ('@alice:example.org', 'PHONE', 'AAAB', 'curve25519', 4, '"plain"'), ('@alice:example.org', 'GONE', 'AAAA', 'curve25519', 3, '"x"');
            INSERT INTO keyserver_fallback_keys (user_id, device_id, key_id, algorithm, ts_added_secs, key_json, used)
            VALUES ('@alice:example.org', 'PHONE', 'AAAC', 'signed_curve25519', 3, '{ "key": "y" }', true)
            """#)
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT user_id, device_id, ts_added_ms, key_json FROM e2e_device_keys_json")
                == [#"@alice:example.org|PHONE|12000|{"keys":{"a":"é","b":1},"user_id":"@alice:example.org"}"#])
        #expect(
            try server.rows(
                "SELECT device_id, algorithm, key_id, ts_added_ms, key_json FROM e2e_one_time_keys_json ORDER BY key_id"
            )
                == [
                    #"PHONE|signed_curve25519|AAAA|3000|{"fallback":false,"key":"x"}"#,
                    #"PHONE|curve25519|AAAB|4000|"plain""#,
                ])
        #expect(
            try server.rows("SELECT device_id, algorithm, key_id, used, key_json FROM e2e_fallback_keys_json")
                == [#"PHONE|signed_curve25519|AAAC|t|{"key":"y"}"#])
        #expect(left["device keys of devices that are gone"] == 1)
        #expect(left["one-time keys of devices that are gone"] == 1)
    }

    @Test("are carried also where their time is none, in milliseconds at the latest")
    func outOfRange() async throws {
        let server = try PeopleServer(
            """
            INSERT INTO keyserver_device_keys (user_id, device_id, ts_added_secs, key_json, stream_id, display_name) VALUES
                ('@alice:example.org', 'PHONE', 9223372036854775807, '{}', 1, ''),
                ('@bob:example.org', 'LAPTOP', -9223372036854775808, '{}', 1, '');
            INSERT INTO keyserver_one_time_keys (user_id, device_id, key_id, algorithm, ts_added_secs, key_json)
            VALUES ('@alice:example.org', 'PHONE', 'AAAA', 'curve25519', 9223372036854775807, '"x"')
            """)
        try await server.migrate()
        #expect(
            try server.rows("SELECT device_id, ts_added_ms FROM e2e_device_keys_json ORDER BY 1")
                == ["LAPTOP|-9223372036854775000", "PHONE|9223372036854775000"])
        #expect(try server.rows("SELECT ts_added_ms FROM e2e_one_time_keys_json") == ["9223372036854775000"])
    }

    @Test("that cannot be read are rejected by name and without their content")
    func unreadable() async throws {
        var server = try PeopleServer(
            """
            INSERT INTO keyserver_device_keys (user_id, device_id, ts_added_secs, key_json, stream_id, display_name)
            VALUES ('@alice:example.org', 'PHONE', 12, '{"broken', 1, ''), ('@bob:example.org', 'LAPTOP', 12, '{}', 1, '')
            """)
        server.onReject = .skip
        try await server.migrate()
        #expect(try server.rows("SELECT user_id FROM e2e_device_keys_json") == ["@bob:example.org"])
        #expect(try server.rejected() == ["device PHONE of @alice:example.org: key_json: its keys are no JSON object"])
    }

    @Test("have signatures in objects only, to which Synapse adds others without a look")
    func oddSignatures() async throws {
        var server = try PeopleServer(
            #"""
            INSERT INTO userapi_devices (access_token, session_id, device_id, localpart, server_name, created_ts, last_seen_ts)
            SELECT 'x' || n, 10 + n, 'D' || n, 'alice', 'example.org', 5, 6 FROM generate_series(1, 5) n;
            INSERT INTO keyserver_device_keys (user_id, device_id, ts_added_secs, key_json, stream_id, display_name) VALUES
                ('@alice:example.org', 'D1', 1, '{"signatures":null}', 1, ''),
                ('@alice:example.org', 'D2', 1, '{"signatures":{"@alice:example.org":"x","@b:c":{}}}', 1, ''),
                ('@alice:example.org', 'D3', 1, '{"signatures":{"@alice:example.org":{"ed25519:D3":"s"}}}', 1, ''),
                ('@alice:example.org', 'D4', 1, '{"signatures":{}}', 1, ''),
                ('@alice:example.org', 'D5', 1, '{"algorithms":["\ud800"]}', 1, '')
            """#)
        server.onReject = .skip
        try await server.migrate()
        #expect(
            try server.rows("SELECT device_id, key_json FROM e2e_device_keys_json ORDER BY 1") == [
                "D1|{}", #"D2|{"signatures":{"@b:c":{}}}"#,
                #"D3|{"signatures":{"@alice:example.org":{"ed25519:D3":"s"}}}"#, #"D4|{"signatures":{}}"#,
            ])
        #expect(try server.rejected() == ["device D5 of @alice:example.org: key_json: it holds half of a character"])
    }

    @Test("for cross-signing hold their owner's signatures; those of replaced keys are left behind")
    func crossSigning() async throws {
        let server = try PeopleServer(
            """
            INSERT INTO keyserver_device_keys (user_id, device_id, ts_added_secs, key_json, stream_id, display_name)
            VALUES ('@alice:example.org', 'PHONE', 12, '{}', 1, '');
            INSERT INTO keyserver_cross_signing_keys (user_id, key_type, key_data) VALUES
                ('@alice:example.org', 1, 'AM'), ('@alice:example.org', 2, 'AS'), ('@gone:example.org', 1, 'GM'), ('@x:far.example', 1, 'XM'),
                ('@alice:example.org', 9, 'A9'), ('@bob:example.org', 1, '~');
            INSERT INTO keyserver_cross_signing_sigs (origin_user_id, origin_key_id, target_user_id, target_key_id, signature) VALUES
                ('@alice:example.org', 'ed25519:AM', '@alice:example.org', 'ed25519:AS', 's1'),
                ('@alice:example.org', 'ed25519:PHONE', '@alice:example.org', 'ed25519:AM', 's2'),
                ('@alice:example.org', 'ed25519:AS', '@alice:example.org', 'PHONE', 's3'),
                ('@alice:example.org', 'ed25519:AM', '@x:far.example', 'ed25519:XM', 's4'),
                ('@alice:example.org', 'ed25519:OLD', '@alice:example.org', 'ed25519:AM', 's5'),
                ('@alice:example.org', 'ed25519:AS', '@alice:example.org', 'GONE', 's6')
            """)
        let left = try await server.migrate()
        #expect(
            try server.rows(
                """
                SELECT user_id, keytype, keydata::json -> 'keys', keydata::json -> 'usage', keydata::json -> 'signatures'
                FROM e2e_cross_signing_keys ORDER BY stream_id
                """) == [
                    #"@alice:example.org|master|{"ed25519:AM": "AM"}|["master"]|{"@alice:example.org": {"ed25519:PHONE": "s2"}}"#,
                    #"@alice:example.org|self_signing|{"ed25519:AS": "AS"}|["self_signing"]|{"@alice:example.org": {"ed25519:AM": "s1"}}"#,
                ])
        #expect(
            try server.rows("SELECT device_id, display_name FROM devices WHERE hidden ORDER BY 1")
                == ["AM|master signing key", "AS|self_signing signing key"])
        #expect(
            try server.rows(
                "SELECT user_id, key_id, target_user_id, target_device_id, signature FROM e2e_cross_signing_signatures ORDER BY 5"
            )
                == [
                    "@alice:example.org|ed25519:AS|@alice:example.org|PHONE|s3",
                    "@alice:example.org|ed25519:AM|@x:far.example|XM|s4",
                ])
        #expect(left["cross-signing signatures by or on keys no longer in use"] == 2)
        #expect(left["cross-signing keys of deactivated or missing accounts"] == 1)
        #expect(left["cross-signing keys of an unknown purpose"] == 1)
        #expect(left["cross-signing keys that are no Ed25519 keys"] == 1)
        #expect(left["cross-signing keys of other servers' users (Synapse asks for them)"] == 1)
    }

    @Test("of other servers' devices are kept while they are fresh")
    func remote() async throws {
        let server = try PeopleServer(
            #"""
            INSERT INTO keyserver_device_keys (user_id, device_id, ts_added_secs, key_json, stream_id, display_name) VALUES
                ('@x:far.example', 'D1', 1, '{"a": 1, "unsigned": null}', 7, 'Phone'),
                ('@out:far.example', 'D1', 1, '{}', 8, NULL), ('@out:far.example', 'D2', 1, '', 9, NULL),
                ('@old:far.example', 'D1', 1, '{}', 3, ''), ('@unmarked:far.example', 'D1', 1, '{}', 3, ''),
                ('@left:far.example', 'D1', 1, '{}', 3, ''), ('@alone:far.example', 'D1', 1, '{}', 3, ''),
                ('@bare:far.example', 'D1', 1, '', 4, NULL);
            INSERT INTO keyserver_stale_device_lists
            SELECT '@' || name || ':far.example', 'far.example', name = 'old', 1
            FROM unnest(ARRAY['x', 'out', 'old', 'left', 'alone', 'bare']) AS name;
            INSERT INTO roomserver_event_state_keys (event_state_key_nid, event_state_key) VALUES (70, '@alice:example.org');
            INSERT INTO roomserver_event_state_keys (event_state_key_nid, event_state_key)
            SELECT 70 + number, '@' || name || ':far.example'
            FROM unnest(ARRAY['x', 'out', 'old', 'unmarked', 'left', 'alone', 'bare']) WITH ORDINALITY AS u (name, number);
            -- A room of theirs and ours, and one that we are not in any more.
            INSERT INTO roomserver_membership (room_nid, target_nid, membership_nid, target_local) VALUES
                (1, 70, 3, true), (1, 71, 3, false), (1, 72, 3, false), (1, 73, 3, false), (1, 74, 3, false), (1, 75, 1, false),
                (1, 77, 3, false), (2, 70, 1, true), (2, 76, 3, false);
            INSERT INTO keyserver_cross_signing_keys (user_id, key_type, key_data) VALUES ('@x:far.example', 1, 'XM');
            INSERT INTO keyserver_cross_signing_sigs (origin_user_id, origin_key_id, target_user_id, target_key_id, signature)
            VALUES ('@x:far.example', 'ed25519:D1', '@x:far.example', 'ed25519:XM', 's')
            """#)
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT * FROM device_lists_remote_cache ORDER BY 1")
                == [
                    #"@out:far.example|D1|{"device_id":"D1","keys":{}}"#,
                    #"@x:far.example|D1|{"device_display_name":"Phone","device_id":"D1","keys":{"a":1}}"#,
                ])
        #expect(
            try server.rows("SELECT * FROM device_lists_remote_extremeties ORDER BY 1")
                == ["@out:far.example|0", "@x:far.example|7"])
        #expect(
            try server.rows(
                "SELECT user_id, keydata::json #> '{signatures,@x:far.example}' FROM e2e_cross_signing_keys")
                == [#"@x:far.example|{"ed25519:D1": "s"}"#])
        #expect(left["stale devices of other servers (Synapse asks for them)"] == 5)
    }

    @Test("in backups stay under their numbers, and a deleted newest one hides the older")
    func backups() async throws {
        let server = try PeopleServer(
            """
            INSERT INTO userapi_key_backup_versions (user_id, version, algorithm, auth_data, etag, deleted) VALUES
                ('@alice:example.org', 1, 'a', '{}', '', 0), ('@alice:example.org', 4, 'a', '{}', '12', 0),
                ('@bob:example.org', 2, 'a', '{}', '5', 0), ('@bob:example.org', 3, 'a', '{}', '6', 1), ('@gone:example.org', 5, 'a', '{}', '6', 0);
            INSERT INTO userapi_key_backups (user_id, room_id, session_id, version, first_message_index, forwarded_count, is_verified, session_data)
            VALUES ('@alice:example.org', '!r', 's', '4', 1, 2, true, '{"x": 1}'), ('@bob:example.org', '!r', 's', '3', 1, 2, true, '{}')
            """)
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT user_id, version, deleted, etag FROM e2e_room_keys_versions ORDER BY 2") == [
                "@alice:example.org|1|0|0", "@bob:example.org|2|1|5", "@bob:example.org|3|1|6",
                "@alice:example.org|4|0|12",
            ])
        #expect(
            try server.rows(
                "SELECT user_id, version, first_message_index, is_verified, session_data FROM e2e_room_keys")
                == [#"@alice:example.org|4|1|t|{"x": 1}"#])
        #expect(left["key backups of deactivated or missing accounts"] == 1)
        #expect(left["room keys of deleted backups"] == 1)
    }

    @Test("of cross-signing keep one name for each key, and none that a device has")
    func namesTwice() async throws {
        let server = try PeopleServer(
            """
            INSERT INTO keyserver_cross_signing_keys (user_id, key_type, key_data)
            VALUES ('@alice:example.org', 1, 'SAME'), ('@alice:example.org', 2, 'SAME'), ('@alice:example.org', 3, 'PHONE');
            UPDATE userapi_devices SET device_id = rpad(device_id, 43, '+') WHERE device_id = 'PHONE'
            """)
        try await server.migrate()
        #expect(
            try server.rows(
                "SELECT device_id, display_name, hidden FROM devices WHERE user_id = '@alice:example.org' ORDER BY 1")
                == ["PHONE|-|f", "SAME|master signing key|t"])
        #expect(
            try server.rows("SELECT keytype FROM e2e_cross_signing_keys ORDER BY 1")
                == ["master", "self_signing", "user_signing"])
    }
}
