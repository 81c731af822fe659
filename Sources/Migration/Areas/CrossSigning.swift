// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Cross-signing keys, and the signatures by and on keys that are still in use.
extension Plan {
    var crossSigning: Area {
        Area(
            "cross_signing",
            [
                TableLoad(
                    into: "e2e_cross_signing_keys", weight: max(sourceRows["keyserver_cross_signing_keys"] ?? 0, 1),
                    from: crossSigningKeys),
                // Synapse keeps the names of cross-signing keys from being taken by devices. In a damaged database a device
                // may have one, or one key two purposes.
                TableLoad(
                    into: "devices", id: "devices/cross_signing",
                    from: """
                        SELECT DISTINCT ON (k.user_id, k.key_data)
                               k.user_id, k.key_data AS device_id, k.purpose || ' signing key' AS display_name, true AS hidden
                        FROM \(publicKeys) k JOIN \(liveAccounts) a USING (user_id)
                        WHERE (k.user_id, k.key_data) NOT IN (SELECT s.user_id, s.device_id FROM \(sessions) s)
                        ORDER BY k.user_id, k.key_data, k.key_type
                        """
                ),
                // Those on the signer's own keys stand with the keys.
                TableLoad(
                    into: "e2e_cross_signing_signatures",
                    from: """
                        SELECT DISTINCT ON (user_id, key_id, target_user_id, target_device_id)
                               user_id, key_id, target_user_id, target_device_id, signature
                        FROM \(signatures) AS g WHERE is_of_use AND NOT is_on_own_key
                        ORDER BY user_id, key_id, target_user_id, target_device_id, target_key_id COLLATE "C"
                        """
                ),
            ],
            omissions: [
                Omission(
                    "cross-signing signatures by or on keys no longer in use",
                    """
                    SELECT count(*) FROM \(signatures) AS g
                    WHERE NOT is_of_use
                    AND NOT (is_on_own_key AND user_id IN (SELECT user_id FROM \(freshRemoteUsers) AS f))
                    """),
                Omission(
                    "cross-signing keys of an unknown purpose",
                    "SELECT count(*) FROM keyserver_cross_signing_keys WHERE key_type NOT IN (1, 2, 3)"),
                Omission(
                    "cross-signing keys that are no Ed25519 keys",
                    "SELECT count(*) FROM keyserver_cross_signing_keys WHERE key_type IN (1, 2, 3) AND NOT \(isCrossSigningKey)"
                ),
                Omission(
                    "cross-signing keys of deactivated or missing accounts",
                    """
                    SELECT count(*) FROM \(publicKeys) k LEFT JOIN \(liveAccounts) a USING (user_id)
                    WHERE \(isLocal("k.user_id")) AND a.user_id IS NULL
                    """),
                Omission(
                    "cross-signing keys of other servers' users (Synapse asks for them)",
                    """
                    SELECT count(*) FROM \(publicKeys) k LEFT JOIN \(freshRemoteUsers) f USING (user_id)
                    WHERE NOT \(isLocal("k.user_id")) AND f.user_id IS NULL
                    """),
            ]
        )
    }

    /// Whether a cross-signing key is 32 bytes in base64.
    ///
    /// Dendrite takes keys of any length for algorithms that it does not know, and forgets the algorithm. Synapse could not send a
    /// server that hears of the user's devices anything more.
    private var isCrossSigningKey: SQL { "(key_data ~ '^[A-Za-z0-9+/]{43}$')" }

    /// All cross-signing keys: user_id, purpose, key_data.
    var publicKeys: SQL {
        """
        (SELECT user_id, key_data, key_type,
                CASE key_type WHEN 1 THEN 'master' WHEN 2 THEN 'self_signing' ELSE 'user_signing' END AS purpose
         FROM keyserver_cross_signing_keys WHERE key_type IN (1, 2, 3) AND \(isCrossSigningKey))
        """
    }

    /// Signatures: user_id (the signer), key_id, target_user_id, target_device_id (the signed key or device, without
    /// its algorithm), signature, is_of_use, is_on_own_key.
    ///
    /// Dendrite keeps signatures by and on keys that were replaced. A user's signatures on the user's own keys are for
    /// everybody, but the table that this is for is shown to the signer alone. Accounts and devices are asked for by IN, which
    /// reads all of them once: EXISTS did so for each signature. IS TRUE keeps PostgreSQL from making a join of it, which it
    /// took for one of few rows and did by comparing each account with each signature.
    private var signatures: SQL {
        """
        (SELECT g.origin_user_id AS user_id, g.origin_key_id AS key_id, g.target_user_id, g.target_key_id,
                g.signed AS target_device_id, g.signature,
                (g.origin_user_id IN (SELECT a.user_id FROM \(liveAccounts) a)) IS TRUE
                AND (EXISTS (SELECT FROM \(publicKeys) k WHERE k.user_id = g.origin_user_id AND k.key_data = g.signing)
                     OR (g.origin_user_id, g.signing) IN (SELECT k.user_id, k.device_id FROM \(keyedDevices) k))
                AND (NOT \(isLocal("g.target_user_id")) OR g.is_on_key
                     OR (g.target_user_id, g.signed) IN (SELECT k.user_id, k.device_id FROM \(keyedDevices) k))
                AS is_of_use,
                g.origin_user_id = g.target_user_id AND g.is_on_key AS is_on_own_key
         FROM (SELECT s.*, regexp_replace(s.origin_key_id, '^ed25519:', '') AS signing, t.signed,
                      EXISTS (SELECT FROM \(publicKeys) k
                              WHERE k.user_id = s.target_user_id AND k.key_data = t.signed) AS is_on_key
               FROM keyserver_cross_signing_sigs s
               CROSS JOIN LATERAL (SELECT regexp_replace(s.target_key_id, '^ed25519:', '') AS signed) t) AS g)
        """
    }

    /// The keys of local users, and of others whose devices are known for certain.
    ///
    /// Keys and signatures are brought together by grouping, not by joining: no statistics say how many there will be.
    private var crossSigningKeys: SQL {
        """
        WITH fresh AS MATERIALIZED (SELECT user_id FROM \(freshRemoteUsers) AS f), signed AS (
            SELECT user_id, key_data, array_agg(key_type) FILTER (WHERE key_type IS NOT NULL) AS key_types,
                   jsonb_object_agg(key_id, signature) FILTER (WHERE key_id IS NOT NULL) AS signatures
            FROM (SELECT user_id, key_data, key_type, NULL AS key_id, NULL AS signature FROM \(publicKeys) AS k
                  UNION ALL
                  SELECT user_id, target_device_id, NULL, key_id, signature
                  FROM \(signatures) AS g WHERE is_on_own_key AND is_of_use
                  UNION ALL
                  SELECT origin_user_id, regexp_replace(target_key_id, '^ed25519:', ''), NULL, origin_key_id, signature
                  FROM keyserver_cross_signing_sigs
                  WHERE target_user_id = origin_user_id
                  AND origin_user_id IN (SELECT user_id FROM fresh)) AS s
            GROUP BY user_id, key_data
        ), keys AS (
            SELECT user_id, key_data, key_type, signatures, user_id IN (SELECT user_id FROM \(liveAccounts) AS a) AS is_local,
                   CASE key_type WHEN 1 THEN 'master' WHEN 2 THEN 'self_signing' ELSE 'user_signing' END AS purpose
            FROM signed CROSS JOIN LATERAL unnest(key_types) AS key_type
        )
        SELECT user_id, purpose AS keytype,
               (jsonb_build_object('user_id', user_id, 'usage', jsonb_build_array(purpose),
                                   'keys', jsonb_build_object('ed25519:' || key_data, key_data))
                || CASE WHEN signatures IS NULL THEN '{}'
                        ELSE jsonb_build_object('signatures', jsonb_build_object(user_id, signatures)) END)::text AS keydata,
               \(firstFreeStream - 1)
               + row_number() OVER (ORDER BY NOT is_local, user_id COLLATE "C", key_type) AS stream_id,
               'master' AS instance_name
        FROM keys
        WHERE is_local OR user_id IN (SELECT user_id FROM fresh)
        """
    }
}
