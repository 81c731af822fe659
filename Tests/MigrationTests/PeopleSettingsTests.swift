// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@Suite("Settings", .temporaryDatabase)
struct PeopleSettingsTests {
    @Test("are carried to the letter, in the order in which they changed, and what Synapse cannot read is counted")
    func accountData() async throws {
        let server = try PeopleServer(
            #"""
            INSERT INTO userapi_account_datas (localpart, server_name, room_id, type, content) VALUES
                ('alice', 'example.org', '', 'x.new', '{ "n": 1.50, "s": "\ud800" }'), ('alice', 'example.org', '', 'x.old', 'null'),
                ('alice', 'example.org', '', 'm.direct', '[]'), ('alice', 'example.org', '', 'm.invite_permission_config', '"x"'),
                ('alice', 'example.org', '', 'x.broken', '{"a":'),
                ('alice', 'example.org', NULL, 'x.new', '"shadowed"'), ('alice', 'example.org', NULL, 'x.null', '{}'),
                ('alice', 'example.org', '!r:example.org', 'm.fully_read', '{"event_id":"$e"}'),
                ('alice', 'example.org', '!r:example.org', 'm.tag', '{"tags":{"u.work":{"order":0.5}}}'),
                ('alice', 'example.org', '', 'm.ignored_user_list', '{"ignored_users":{"@x:example.org":{},"@alice:example.org":{}}}'),
                ('gone', 'example.org', '', 'x.y', '{}');
            INSERT INTO syncapi_account_data_type (id, user_id, room_id, type) VALUES
                (7, 'alice', '', 'x.new'), (6, '@alice:example.org', '', 'x.old'), (9, '@alice:example.org', '!r:example.org', 'm.tag')
            """#)
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT account_data_type, content FROM account_data ORDER BY stream_id") == [
                #"m.ignored_user_list|{"ignored_users":{"@x:example.org":{},"@alice:example.org":{}}}"#, "x.null|{}",
                "x.old|null", #"x.new|{ "n": 1.50, "s": "\ud800" }"#,
            ])
        #expect(
            try server.rows("SELECT room_id, account_data_type, content FROM room_account_data")
                == [#"!r:example.org|m.fully_read|{"event_id":"$e"}"#])
        #expect(
            try server.rows("SELECT user_id, room_id, tag, content FROM room_tags")
                == [#"@alice:example.org|!r:example.org|u.work|{"order":0.5}"#])
        #expect(try server.rows("SELECT * FROM ignored_users") == ["@alice:example.org|@x:example.org"])
        #expect(
            try server.rows(
                """
                SELECT count(*), count(DISTINCT stream_id), min(stream_id) >= \(PeopleServer.firstFreeStream)
                FROM (SELECT stream_id FROM account_data UNION ALL SELECT stream_id FROM room_account_data
                      UNION ALL SELECT stream_id FROM room_tags_revisions) AS s
                """) == ["6|6|t"])
        #expect(left["account data that is not JSON"] == 1)
        #expect(left["account data that is not a JSON object"] == 2)
        #expect(left["account data of deactivated or missing accounts"] == 1)
        #expect(left["account data that stands twice, of which Dendrite reads one"] == 1)
    }

    @Test("of push rules go to their own tables, numbered without gaps")
    func pushRules() async throws {
        let server = try PeopleServer(
            #"""
            INSERT INTO userapi_account_datas (localpart, server_name, room_id, type, content) VALUES
                ('alice', 'example.org', '', 'm.push_rules', '{"global":{"override":[{"rule_id":"r","enabled":true,"actions":["notify"]},{"rule_id":".m.rule.master","enabled":true,"actions":[]}]}}'),
                ('bob', 'example.org', '', 'm.push_rules', '{"global":{"content":[{"rule_id":"w","pattern":"p","enabled":false,"actions":[]}]}}'),
                ('gone', 'example.org', '', 'm.push_rules', '{"global":{"content":[{"rule_id":"w"}]}}')
            """#)
        try await server.migrate()
        #expect(try server.rows("SELECT count(*) FROM account_data") == ["0"])
        #expect(
            try server.rows(
                "SELECT id, user_name, rule_id, priority_class, priority, conditions, actions FROM push_rules ORDER BY id"
            )
                == [
                    #"1|@alice:example.org|global/override/r|5|0|[]|["notify"]"#,
                    #"2|@bob:example.org|global/content/w|4|0|[{"key":"content.body","kind":"event_match","pattern":"p"}]|[]"#,
                ])
        #expect(
            try server.rows("SELECT id, user_name, rule_id, enabled FROM push_rules_enable ORDER BY user_name, rule_id")
                == [
                    "1|@alice:example.org|global/override/.m.rule.master|1", "2|@alice:example.org|global/override/r|1",
                    "3|@bob:example.org|global/content/w|0",
                ])
    }

    @Test("whose names no index can hold are left out and counted, and stop nothing")
    func longNames() async throws {
        let server = try PeopleServer(
            #"""
            WITH long AS (SELECT string_agg(md5(i::text), '') AS name FROM generate_series(1, 100) i)
            INSERT INTO userapi_account_datas (localpart, server_name, room_id, type, content)
            SELECT 'alice', 'example.org', room, type, format(content, name)
            FROM long, (VALUES ('!r:example.org', 'm.tag', '{"tags":{"u.short":{},"%s":{}}}'),
                ('', 'm.ignored_user_list', '{"ignored_users":{"@x:example.org":{},"%s":{}}}'),
                ('', 'm.push_rules', '{"global":{"room":[{"rule_id":"r","enabled":true,"actions":[]},{"rule_id":"%s","enabled":true,"actions":[]}]}}')
            ) v (room, type, content)
            """#)
        let left = try await server.migrate()
        #expect(try server.rows("SELECT tag FROM room_tags") == ["u.short"])
        #expect(try server.rows("SELECT ignored_user_id FROM ignored_users") == ["@x:example.org"])
        #expect(try server.rows("SELECT rule_id FROM push_rules") == ["global/room/r"])
        #expect(try server.rows("SELECT rule_id FROM push_rules_enable") == ["global/room/r"])
        #expect(left["tags whose name is too long for PostgreSQL's indexes"] == 1)
        #expect(left["ignored users whose id is too long for PostgreSQL's indexes"] == 1)
        #expect(left["push rules whose name is too long for PostgreSQL's indexes"] == 1)
    }

    @Test("of pushers belong to a session, and filters keep their numbers")
    func pushersAndFilters() async throws {
        let server = try PeopleServer(
            #"""
            INSERT INTO userapi_pushers (localpart, server_name, session_id, profile_tag, kind, app_id, app_display_name, device_display_name, pushkey, pushkey_ts_ms, lang, data)
            VALUES ('bob', 'example.org', 2, NULL, 'http', 'app', 'App', 'Laptop', 'k', 1600000000, 'en', '{"url":"x"}'),
                   ('alice', 'example.org', 77, 't', 'http', 'app', 'App', 'Phone', 'k', 1600000000000, 'en', '{}');
            INSERT INTO syncapi_filter (id, localpart, filter) VALUES (12, 'alice', '{"room":{"timeline":{"limit":5}}}');
            INSERT INTO syncapi_presence (user_id, presence, status_msg, last_active_ts)
            VALUES ('@alice:example.org', 2, 'Hi', 5), ('@x:far.example', 2, '', 6)
            """#)
        try await server.migrate()
        #expect(
            try server.rows(
                "SELECT user_name, access_token, device_id, profile_tag, ts, data FROM pushers ORDER BY id")
                == [
                    #"@bob:example.org|2|LAPTOP||1600000000000|{"url":"x"}"#,
                    "@alice:example.org|-|-|t|1600000000000|{}",
                ])
        #expect(
            try server.rows(
                "SELECT user_id, full_user_id, filter_id, convert_from(filter_json, 'UTF8') FROM user_filters")
                == [#"alice|@alice:example.org|12|{"room":{"timeline":{"limit":5}}}"#])
        #expect(
            try server.rows(
                "SELECT user_id, state, status_msg, last_active_ts, currently_active FROM presence_stream ORDER BY 1")
                == ["@alice:example.org|offline|Hi|5|f", "@x:far.example|offline|-|6|f"])
    }
}
