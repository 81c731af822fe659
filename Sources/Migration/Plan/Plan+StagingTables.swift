// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Plan {
    /// Tables for what the source gives but only tables of the target can complete: made before loading, dropped at the end.
    ///
    /// They are logged, unlike most tables of their kind: after a crash of the server the ledger still says that they
    /// are filled, and so they must be.
    static let stagingTables: [(name: String, columns: SQL)] = [
        // Events that wait to be sent to other servers.
        ("matrix_loader.waiting_event", "destination text NOT NULL, event_id text NOT NULL"),
        // Changed devices that other servers have not been told of; without a device, the user's cross-signing keys.
        ("matrix_loader.waiting_device_update", "destination text NOT NULL, user_id text NOT NULL, device_id text"),
        // What users were notified of.
        (
            "matrix_loader.notification",
            """
            position bigint NOT NULL, user_id text NOT NULL, room_id text NOT NULL, event_id text NOT NULL,
            highlight boolean NOT NULL, read boolean NOT NULL, actions text NOT NULL
            """
        ),
        // How many of them users were shown, room by room.
        ("matrix_loader.unread_room", "user_id text NOT NULL, room_id text NOT NULL, notifications bigint NOT NULL"),
        // Parents that events name and of which the load of the event does not know that they are there, and those that were
        // rejected: some may be missing.
        ("matrix_loader.unseen_parent", "event_id text NOT NULL, room_id text NOT NULL"),
        // Replies in threads: finding them among all events again takes longer than to note them.
        (
            "matrix_loader.thread_reply",
            """
            room_id text NOT NULL, thread_id text NOT NULL, event_id text NOT NULL, topological_ordering bigint NOT NULL,
            stream_ordering bigint NOT NULL
            """
        ),
        // Messages and names of rooms in which there is nothing to search for, most of them redacted.
        ("matrix_loader.silent_message", "stream_ordering bigint NOT NULL"),
    ]

    /// What makes them.
    static var creatingStagingTables: [SQL] {
        stagingTables.map { "CREATE TABLE \(identifier: $0.name) (\($0.columns))" }
    }
}
