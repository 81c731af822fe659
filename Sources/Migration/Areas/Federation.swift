// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// What other servers had not yet been sent.
extension Plan {
    var federation: Area {
        Area(
            "federation",
            [
                TableLoad(
                    into: "matrix_loader.waiting_event", id: "waiting_event",
                    from: "SELECT DISTINCT destination, event_id FROM \(waitingEvents) AS w WHERE event_id IS NOT NULL"),
                TableLoad(into: "destinations", from: destinations),
                TableLoad(
                    "device_federation_outbox",
                    into: [WaitingTrafficTables.toDevice, WaitingTrafficTables.deviceUpdates],
                    from: """
                        SELECT edu_type, server_name, \(now)::int8 AS now,
                               \(firstFreeStream - 1) + (SELECT count(*) FROM syncapi_send_to_device)
                               + row_number() OVER (ORDER BY json_nid, server_name COLLATE "C") AS stream_id,
                               CASE WHEN edu_type IN \(carriedNotices) THEN json_body END AS json_body
                        FROM federationsender_queue_edus LEFT JOIN federationsender_queue_json USING (json_nid)
                        WHERE \(isWaiting)
                        """
                ) {
                    { row, sink throws(RejectedRow) in WaitingTrafficTables.add(row, to: &sink) }
                },
                // Positions that it gives are read by loads of the stage behind this one.
                TableLoad(
                    "device_lists_outbound_pokes", .mend, into: ["device_lists_stream", "device_lists_outbound_pokes"],
                    statements: [unknownUpdates, missingDeviceStream, pokes]),
                TableLoad("destination_rooms", into: ["destination_rooms"], statements: [destinationRooms]),
            ],
            omissions: [
                Omission(
                    "queued events for other servers that have no place in the stream",
                    "SELECT count(*) FROM \(placedEvents) AS p WHERE coalesce(position, 0) <= 0"),
                Omission(
                    "queued notices for other servers that have lapsed",
                    "SELECT count(*) FROM federationsender_queue_edus WHERE NOT \(isWaiting)"),
            ]
        )
    }

    /// Events that wait for other servers: destination, event_id.
    ///
    /// Dendrite appends the id to the event's JSON, after all that the event's author could have written.
    private var waitingEvents: SQL {
        #"""
        (SELECT server_name AS destination,
                substring(right(json_body, 1000) FROM '"_event_id":"(\$[^"\\]+)"(?:,"_[a-z_]+":"[^"\\]*")*\}$') AS event_id
         FROM federationsender_queue_pdus LEFT JOIN federationsender_queue_json USING (json_nid))
        """#
    }

    /// Counts updates of keys that the user no longer has.
    private var unknownUpdates: SQL {
        """
        INSERT INTO matrix_loader.left_out
        SELECT 'device_lists_outbound_pokes', 'queued key updates of users whose keys are gone', count(*)
        FROM matrix_loader.waiting_device_update w
        WHERE device_id IS NULL AND NOT EXISTS (
            SELECT FROM devices d WHERE d.user_id = w.user_id AND d.hidden AND d.display_name <> 'user_signing signing key')
        """
    }

    /// Gives a position to devices that others are to be told of and that have none.
    private var missingDeviceStream: SQL {
        """
        INSERT INTO device_lists_stream (stream_id, user_id, device_id, instance_name)
        SELECT coalesce((SELECT max(stream_id) FROM device_lists_stream), \(firstFreeStream - 1))
               + row_number() OVER (ORDER BY user_id COLLATE "C", device_id COLLATE "C"), user_id, device_id, 'master'
        FROM (SELECT DISTINCT user_id, device_id FROM \(deviceUpdates) AS u) AS u
        WHERE NOT EXISTS (SELECT FROM device_lists_stream s WHERE s.user_id = u.user_id AND s.device_id = u.device_id)
        """
    }

    private var pokes: SQL {
        """
        INSERT INTO device_lists_outbound_pokes
            (destination, stream_id, user_id, device_id, sent, ts, opentracing_context, instance_name)
        SELECT DISTINCT u.destination, s.stream_id, u.user_id, u.device_id, false, \(now), '{}', 'master'
        FROM \(deviceUpdates) AS u JOIN device_lists_stream s USING (user_id, device_id)
        """
    }

    /// Cross-signing keys travel as the devices they are stored as; never the user-signing key, which is private.
    private var deviceUpdates: SQL {
        """
        (SELECT w.destination, w.user_id, coalesce(w.device_id, d.device_id) AS device_id
         FROM matrix_loader.waiting_device_update w
         LEFT JOIN devices d ON w.device_id IS NULL AND d.user_id = w.user_id AND d.hidden
                            AND d.display_name <> 'user_signing signing key'
         WHERE coalesce(w.device_id, d.device_id) IS NOT NULL)
        """
    }

    /// Synapse's catch-up sends what lies above last_successful_stream_ordering.
    ///
    /// Servers that Dendrite had given up on are tried again after a day.
    private var destinations: SQL {
        """
        SELECT destination, CASE WHEN is_abandoned THEN \(now) ELSE 0 END::int8 AS retry_last_ts,
               CASE WHEN is_abandoned THEN 86400000 ELSE 0 END::int8 AS retry_interval,
               CASE WHEN is_abandoned THEN \(now)::int8 END AS failure_ts, smallest - 1 AS last_successful_stream_ordering
        FROM (SELECT destination, bool_or(is_abandoned) AS is_abandoned, min(position) AS smallest
              FROM (SELECT destination, false AS is_abandoned, position FROM \(placedEvents) AS p WHERE position > 0
                    UNION ALL SELECT server_name, true, NULL FROM federationsender_blacklist
                    UNION ALL SELECT server_name, false, NULL FROM federationsender_queue_edus
                              WHERE \(isWaiting) AND edu_type IN \(carriedNotices)) AS w
              GROUP BY destination) AS d
        """
    }

    /// Events that wait for other servers, with their stream_ordering: destination, event_id, position.
    private var placedEvents: SQL {
        """
        (SELECT w.destination, w.event_id,
                CASE WHEN r.room_version <> ALL (\(RoomVersion.unsupported))
                     THEN \(streamOrdering.sql(event: "e", sync: "o")) END AS position
         FROM \(waitingEvents) w
         LEFT JOIN roomserver_events e USING (event_id) LEFT JOIN roomserver_rooms r USING (room_nid)
         LEFT JOIN syncapi_output_room_events o USING (event_id))
        """
    }

    /// Types of notices that Synapse has a queue for too.
    private var carriedNotices: SQL {
        "('m.direct_to_device', 'm.device_list_update', 'm.signing_key_update', 'org.matrix.signing_key_update')"
    }

    private var isWaiting: SQL { "(expires_at = 0 OR expires_at > \(now))" }

    private var destinationRooms: SQL {
        """
        INSERT INTO destination_rooms (destination, room_id, stream_ordering)
        SELECT w.destination, e.room_id, max(e.stream_ordering)
        FROM matrix_loader.waiting_event w JOIN events e USING (event_id) JOIN rooms USING (room_id)
        WHERE e.stream_ordering > 0 GROUP BY 1, 2
        """
    }
}
