// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Encryption keys of local devices: identity keys, one-time keys, fallback keys.
extension Plan {
    var deviceKeys: Area {
        Area(
            "device_keys",
            [
                TableLoad(
                    "e2e_device_keys_json", into: [DeviceKeyTables.identity],
                    from: """
                        SELECT user_id, device_id, \(added("ts_added_secs")) AS ts_added_ms, key_json FROM \(keyedDevices) AS k
                        """
                ) {
                    { row, sink throws(RejectedRow) in try DeviceKeyTables.addIdentity(row, to: &sink) }
                },
                TableLoad(
                    "e2e_one_time_keys_json", into: [DeviceKeyTables.oneTime],
                    from: """
                        SELECT k.user_id, k.device_id, k.algorithm, k.key_id, \(added("k.ts_added_secs")) AS ts_added_ms, k.key_json
                        FROM keyserver_one_time_keys k JOIN \(sessions) s USING (user_id, device_id)
                        """
                ) {
                    { row, sink throws(RejectedRow) in try DeviceKeyTables.addOneTime(row, to: &sink) }
                },
                TableLoad(
                    "e2e_fallback_keys_json", into: [DeviceKeyTables.fallback],
                    from: """
                        SELECT k.user_id, k.device_id, k.algorithm, k.key_id, coalesce(k.used, false) AS used, k.key_json
                        FROM \(later("keyserver_fallback_keys")) k JOIN \(sessions) s USING (user_id, device_id)
                        """
                ) {
                    { row, sink throws(RejectedRow) in try DeviceKeyTables.addFallback(row, to: &sink) }
                },
            ],
            omissions: [
                Omission(
                    "device keys of devices that are gone",
                    """
                    SELECT count(*) FROM keyserver_device_keys k LEFT JOIN \(sessions) s USING (user_id, device_id)
                    WHERE k.key_json <> '' AND \(isLocal("k.user_id")) AND s.session_id IS NULL
                    """),
                Omission(
                    "one-time keys of devices that are gone",
                    """
                    SELECT count(*) FROM keyserver_one_time_keys k LEFT JOIN \(sessions) s USING (user_id, device_id)
                    WHERE s.session_id IS NULL
                    """),
                Omission(
                    "fallback keys of devices that are gone",
                    """
                    SELECT count(*) FROM \(later("keyserver_fallback_keys")) k LEFT JOIN \(sessions) s USING (user_id, device_id)
                    WHERE s.session_id IS NULL
                    """),
            ]
        )
    }

    /// Seconds since the epoch as milliseconds, limited to what a bigint holds.
    private func added(_ seconds: SQL) -> SQL {
        "(CASE WHEN abs(\(seconds)::numeric) < 9223372036854775 THEN \(seconds) ELSE sign(\(seconds))::bigint * 9223372036854775 END * 1000)"
    }
}
