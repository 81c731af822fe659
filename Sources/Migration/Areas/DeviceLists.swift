// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Who has which devices: what other servers' users have, and that local users' devices may have changed.
extension Plan {
    var deviceLists: Area {
        Area(
            "device_lists",
            [
                TableLoad(
                    "device_lists_remote_cache", into: [RemoteDeviceTables.cache], weight: keyRows,
                    from: """
                        SELECT k.user_id, k.device_id, k.key_json, k.display_name
                        FROM keyserver_device_keys k JOIN \(freshRemoteUsers) f USING (user_id) WHERE k.key_json <> ''
                        """
                ) {
                    { row, sink throws(RejectedRow) in try RemoteDeviceTables.add(row, to: &sink) }
                },
                TableLoad(
                    into: "device_lists_remote_extremeties", weight: keyRows,
                    from: "SELECT user_id, stream_id::text AS stream_id FROM \(freshRemoteUsers) AS f"),
                TableLoad(
                    into: "device_lists_stream",
                    from: """
                        SELECT \(firstFreeStream - 1)
                               + row_number() OVER (ORDER BY user_id COLLATE "C", device_id COLLATE "C") AS stream_id,
                               user_id, device_id, 'master' AS instance_name
                        FROM \(announcedDevices) AS d
                        """
                ),
                // A client that comes back must hear that its peers' devices may have changed while it was away: what it
                // has seen stands only in its token, in a field that Synapse reads as another stream. One note per user
                // and room suffices, as a sync answers with users. Converted: nothing of it goes to other servers.
                TableLoad(
                    "device_lists_changes_in_room", into: ["device_lists_changes_in_room"],
                    statements: [
                        """
                        INSERT INTO device_lists_changes_in_room
                            (user_id, device_id, room_id, stream_id, converted_to_destinations, instance_name, inserted_ts)
                        SELECT d.user_id, d.device_id, c.room_id, d.stream_id, true, 'master', \(now)
                        FROM (SELECT DISTINCT ON (user_id) user_id, device_id, stream_id FROM device_lists_stream s
                              WHERE EXISTS (SELECT FROM e2e_device_keys_json k WHERE k.user_id = s.user_id)
                                 OR EXISTS (SELECT FROM e2e_cross_signing_keys k WHERE k.user_id = s.user_id)
                              ORDER BY user_id, stream_id DESC) AS d
                        JOIN current_state_events c
                          ON c.type = 'm.room.member' AND c.membership = 'join' AND c.state_key = d.user_id
                        """
                    ]),
            ],
            omissions: [
                Omission(
                    "stale devices of other servers (Synapse asks for them)",
                    """
                    SELECT count(*) FROM keyserver_device_keys k LEFT JOIN \(freshRemoteUsers) f USING (user_id)
                    WHERE NOT \(isLocal("k.user_id")) AND f.user_id IS NULL
                    """)
            ]
        )
    }

    /// How many rows loads of devices may have; they ask larger tables as well, whose rows they do not write.
    private var keyRows: Int { max(sourceRows["keyserver_device_keys"] ?? 0, 1) }

    /// Other servers' users whose devices Dendrite knows and holds for fresh, and how far that goes: user_id, stream_id.
    ///
    /// A list that Dendrite has fetched whole is on record as not stale. Without a record it was stale once, or never asked for;
    /// without a room that users of both servers are in, nobody tells of changes. Of a device that is gone a row without keys is left,
    /// also where an update before that was missed: the position 0 has Synapse fetch the list with the next update.
    var freshRemoteUsers: SQL {
        """
        (SELECT user_id, CASE WHEN bool_or(key_json = '') THEN 0 ELSE greatest(max(stream_id), 0) END AS stream_id
         FROM keyserver_device_keys
         WHERE NOT \(isLocal("user_id"))
         AND user_id IN (SELECT user_id FROM keyserver_stale_device_lists WHERE NOT is_stale)
         AND user_id IN (
             SELECT k.event_state_key
             FROM roomserver_membership m JOIN roomserver_event_state_keys k ON k.event_state_key_nid = m.target_nid
             WHERE m.membership_nid = \(MembershipNID.join) AND m.room_nid IN (
                 SELECT room_nid FROM roomserver_membership WHERE target_local AND membership_nid = \(MembershipNID.join)))
         GROUP BY user_id HAVING bool_or(key_json <> ''))
        """
    }

    /// Local users' devices with keys, and the master keys of users with no such device: user_id, device_id.
    private var announcedDevices: SQL {
        """
        (SELECT user_id, device_id FROM \(keyedDevices) AS k
         UNION ALL
         SELECT k.user_id, coalesce(max(k.key_data) FILTER (WHERE k.purpose = 'master'), '')
         FROM \(publicKeys) k JOIN \(liveAccounts) a USING (user_id)
         WHERE k.user_id NOT IN (SELECT user_id FROM \(keyedDevices) AS d) GROUP BY k.user_id)
        """
    }
}
