// SPDX-License-Identifier: Apache-2.0
import Digest
import Postgres

/// Tables in FROM that most of what belongs to a person is joined with.
extension Plan {
    /// Accounts that can still log in: localpart, user_id, account_type.
    ///
    /// Synapse deletes all that belongs to an account when it is deactivated; Dendrite keeps most of it.
    var liveAccounts: SQL {
        """
        (SELECT localpart, '@' || localpart || ':' || server_name AS user_id, account_type
         FROM userapi_accounts WHERE server_name = \(serverName) AND NOT coalesce(is_deactivated, false))
        """
    }

    /// Devices that are carried: session_id, user_id, device_id and number, which becomes the access token's id.
    var sessions: SQL {
        """
        (SELECT d.session_id, a.user_id, d.device_id, row_number() OVER (ORDER BY d.session_id, d.access_token COLLATE "C") AS number,
                d.access_token, d.created_ts, d.last_seen_ts, d.display_name, d.ip, d.user_agent
         FROM userapi_devices d JOIN \(liveAccounts) a USING (localpart)
         WHERE d.server_name = \(serverName) AND NOT \(isApplicationServiceToken))
        """
    }

    /// Whether a device `d` of an account `a` is no session but the token of a registration file.
    ///
    /// Dendrite writes such a row at each start, and gives it the sender's name three times over. Tokens go into no
    /// statement, as those may be logged: their digests do.
    var isApplicationServiceToken: SQL {
        let digests = applicationServiceTokens.compactMap { try? SHA256.digest($0).hexadecimal }
        return """
            (encode(sha256(convert_to(d.access_token, 'UTF8')), 'hex') = ANY (\(digests))
             OR coalesce(a.account_type = 4 AND d.device_id = d.localpart AND d.display_name = d.localpart, false))
            """
    }

    /// Local devices with keys that are carried: user_id, device_id, ts_added_secs, key_json.
    var keyedDevices: SQL {
        """
        (SELECT k.user_id, k.device_id, k.ts_added_secs, k.key_json
         FROM keyserver_device_keys k JOIN \(sessions) s USING (user_id, device_id) WHERE k.key_json <> '')
        """
    }

    /// The condition that a user id is of this server.
    func isLocal(_ userID: String) -> SQL {
        "(substr(\(raw: userID), strpos(\(raw: userID), ':') + 1) = \(serverName))"
    }
}
