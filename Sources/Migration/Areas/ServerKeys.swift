// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Other servers' keys: they verify old events of servers that no longer answer.
extension Plan {
    var serverKeys: Area {
        Area(
            "server_keys",
            [
                // One answer per key in the form that servers give, but unsigned: Dendrite keeps signatures only on what it said
                // as a notary.
                // Synapse looks a key up under verify_keys alone, also where it has expired.
                TableLoad(
                    into: "server_keys_json",
                    from: """
                        WITH keys AS (
                            SELECT server_name, server_key_id, expired_ts,
                                   CASE expired_ts WHEN 0 THEN valid_until_ts ELSE expired_ts END AS until,
                                   jsonb_build_object('key', rtrim(server_key, '=')) AS key
                            FROM keydb_server_keys WHERE server_name <> \(serverName) AND \(isUsable)
                        ), servers AS (
                            SELECT server_name,
                                   coalesce(jsonb_object_agg(server_key_id, key) FILTER (WHERE expired_ts = 0), '{}') AS active,
                                   coalesce(jsonb_object_agg(server_key_id, key || jsonb_build_object('expired_ts', expired_ts))
                                            FILTER (WHERE expired_ts <> 0), '{}') AS old
                            FROM keys GROUP BY server_name
                        )
                        SELECT server_name, server_key_id AS key_id, server_name AS from_server,
                               \(now)::int8 AS ts_added_ms, until AS ts_valid_until_ms,
                               convert_to(jsonb_build_object(
                                   'server_name', server_name, 'valid_until_ts', until, 'old_verify_keys', old,
                                   'verify_keys', active || jsonb_build_object(server_key_id, key),
                                   'signatures', jsonb_build_object())::text, 'UTF8') AS key_json
                        FROM keys JOIN servers USING (server_name)
                        """
                )
            ],
            omissions: [
                Omission(
                    "keys of other servers that are no Ed25519 keys",
                    "SELECT count(*) FROM keydb_server_keys WHERE server_name <> \(serverName) AND NOT \(isUsable)")
            ]
        )
    }

    /// Whether a key is 32 bytes in base64, for Ed25519.
    ///
    /// Dendrite looks at those that a server has in use, not at its old ones; Synapse fails for all servers that it looks up
    /// together where one of their keys cannot be read.
    private var isUsable: SQL {
        "(server_key_id LIKE 'ed25519:%' AND server_key ~ '^[A-Za-z0-9+/_-]{43}=?$')"
    }
}
