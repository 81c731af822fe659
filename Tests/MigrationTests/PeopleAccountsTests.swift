// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@Suite("Accounts and sessions", .temporaryDatabase)
struct PeopleAccountsTests {
    @Test("keep passwords, roles and times; deactivated ones can log in no more")
    func accounts() async throws {
        let server = try PeopleServer(
            """
            INSERT INTO userapi_accounts (localpart, server_name, created_ts, password_hash, appservice_id, is_deactivated, account_type)
            VALUES ('7', 'example.org', 1, '', '', false, 2), ('_b_x', 'example.org', 1, '', 'bridge', false, 4),
                   ('other', 'elsewhere.org', 1, '', '', false, 1);
            INSERT INTO userapi_profiles (localpart, server_name) VALUES ('other', 'elsewhere.org'), ('older', '');
            INSERT INTO userapi_account_datas (localpart, server_name, room_id, type, content)
            VALUES ('other', 'elsewhere.org', '', 'x.y', '{}')
            """)
        let left = try await server.migrate()
        #expect(
            try server.rows(
                "SELECT name, password_hash, creation_ts, admin, is_guest, deactivated, appservice_id FROM users ORDER BY name"
            )
                == [
                    "@7:example.org|-|0|0|1|0|-", "@_b_x:example.org|-|0|0|0|0|bridge",
                    "@alice:example.org|$2a$04$x|1600000000|0|0|0|-", "@bob:example.org|-|1600000000|1|0|0|-",
                    "@gone:example.org|-|1600000000|0|0|1|-",
                ])
        #expect(left["accounts of other server names"] == 1)
        #expect(left["devices, profiles and the like of other server names"] == 3)
    }

    @Test("have a profile each, and those without an account keep theirs")
    func profiles() async throws {
        let server = try PeopleServer(
            """
            INSERT INTO userapi_profiles (localpart, server_name, display_name, avatar_url)
            VALUES ('alice', 'example.org', 'Alice', 'mxc://example.org/a'), ('bob', 'example.org', '', ''),
                   ('lost', 'example.org', 'Lost', NULL)
            """)
        try await server.migrate()
        #expect(
            try server.rows("SELECT user_id, full_user_id, displayname, avatar_url FROM profiles ORDER BY 1") == [
                "alice|@alice:example.org|Alice|mxc://example.org/a", "bob|@bob:example.org|-|-",
                "gone|@gone:example.org|-|-", "lost|@lost:example.org|Lost|-",
            ])
    }

    @Test("go on with their access tokens; addresses lose their port")
    func sessions() async throws {
        let server = try PeopleServer(
            """
            DELETE FROM userapi_devices;
            INSERT INTO userapi_accounts VALUES ('bridge', 'example.org', 1, '', 'bridge', false, 4);
            INSERT INTO userapi_devices (access_token, session_id, device_id, localpart, server_name, created_ts, last_seen_ts, display_name, ip, user_agent)
            VALUES ('t3', 3, 'C', 'bob', 'example.org', 5, 6, NULL, '::1', ''), ('t1', 1, 'A', 'alice', 'example.org', 5, 6, 'x', '10.0.0.1:80', 'ua'),
                   ('t2', 2, 'B', 'alice', 'example.org', 5, 6, '', '[::1]:80', NULL), ('t4', 4, 'D', 'gone', 'example.org', 5, 6, NULL, NULL, NULL),
                   ('t5', 5, 'E', 'nobody', 'example.org', 5, 6, NULL, NULL, NULL),
                   ('another token', 6, 'bridge', 'bridge', 'example.org', 5, 6, 'bridge', NULL, NULL),
                   ('the bridge''s token', 7, 'X', 'bob', 'example.org', 5, 6, NULL, NULL, NULL)
            """)
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT * FROM devices ORDER BY device_id") == [
                "@alice:example.org|A|x|6|10.0.0.1|ua|f", "@alice:example.org|B|-|6|::1|-|f",
                "@bob:example.org|C|-|6|::1|-|f",
            ])
        #expect(
            try server.rows("SELECT id, user_id, device_id, token, last_validated, used FROM access_tokens ORDER BY id")
                == [
                    "1|@alice:example.org|A|t1|5|t", "2|@alice:example.org|B|t2|5|t", "3|@bob:example.org|C|t3|5|t",
                ])
        #expect(left["devices of deactivated or missing accounts"] == 2)
        #expect(left["appservice tokens (they are in the registration files)"] == 2)
    }

    @Test("keep third-party ids and the tokens that still hold")
    func tokens() async throws {
        let server = try PeopleServer(
            """
            INSERT INTO userapi_threepids VALUES ('Alice@Example.org', 'email', 'alice', 'example.org'),
                ('alice@example.org', 'email', 'bob', 'example.org'), ('44', 'msisdn', 'bob', 'example.org'), ('45', 'msisdn', 'gone', 'example.org');
            INSERT INTO userapi_registration_tokens (token, pending, completed, uses_allowed, expiry_time)
            VALUES ('free', 3, 2, NULL, NULL), ('few', 0, 1, 7, 9), ('many', 0, 1, 99999999999, 9);
            INSERT INTO userapi_openid_tokens VALUES ('o1', 'alice', 'example.org', \(PeopleServer.now + 1)), ('o2', 'alice', 'example.org', 5);
            INSERT INTO userapi_login_tokens VALUES ('l1', '2030-01-01', '@bob:example.org'), ('l2', '2020-01-01', '@bob:example.org')
            """)
        let left = try await server.migrate()
        #expect(
            try server.rows("SELECT user_id, medium, address FROM user_threepids ORDER BY 2, 3") == [
                "@alice:example.org|email|alice@example.org", "@bob:example.org|msisdn|44",
            ])
        #expect(
            try server.rows(
                "SELECT token, uses_allowed, pending, completed, expiry_time FROM registration_tokens ORDER BY 1")
                == ["few|7|0|1|9", "free|-|0|2|-", "many|2147483647|0|1|9"])
        #expect(try server.rows("SELECT token, user_id FROM open_id_tokens") == ["o1|@alice:example.org"])
        #expect(
            try server.rows("SELECT token, user_id, expiry_ts FROM login_tokens") == [
                "l1|@bob:example.org|1893456000000"
            ])
        #expect(left["third-party ids of deactivated or missing accounts"] == 1)
        #expect(left["third-party ids that differ from another in case only"] == 1)
        #expect(left["OpenID and login tokens that have expired"] == 2)
    }
}
