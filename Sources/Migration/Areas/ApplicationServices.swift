// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Bridges have seen everything up to now, and go on listing the rooms that they listed.
extension Plan {
    var applicationServiceStates: Area {
        Area(
            "application_services",
            [
                TableLoad(
                    "application_services_state", .settle, into: ["application_services_state"],
                    statements: [
                        """
                        INSERT INTO application_services_state (as_id, state, read_receipt_stream_id, presence_stream_id,
                                                                to_device_stream_id, device_list_stream_id)
                        SELECT as_id, 'up',
                               (SELECT coalesce(max(stream_id), \(firstFreeStream)) FROM receipts_linearized),
                               (SELECT coalesce(max(stream_id), \(firstFreeStream)) FROM presence_stream),
                               (SELECT coalesce(max(stream_id), \(firstFreeStream)) FROM device_inbox),
                               (SELECT coalesce(max(stream_id), \(firstFreeStream)) FROM device_lists_stream)
                        FROM unnest(\(applicationServices)) AS as_id
                        """
                    ]),
                // The main directory's rows have no network.
                TableLoad(
                    into: "appservice_room_list",
                    from: """
                        SELECT appservice_id, network_id, room_id FROM roomserver_published
                        WHERE published AND network_id <> ''
                        """),
            ]
        )
    }
}
