// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Where every sequence and stream of Synapse goes on after the load.
extension Plan {
    var positions: Area {
        Area(
            "positions",
            [TableLoad("sequences", .settle, into: [], statements: sequences.map(\.settling))]
                + streamPositions.map { table, statement in
                    TableLoad("\(table), settled", .settle, into: [table], statements: [statement])
                }
        )
    }

    /// Sequences that tokens of clients speak of begin above every number of Dendrite's, whether or not their tables
    /// hold a row: an old token must acknowledge nothing that Synapse will write.
    var sequences: [SequencePosition] {
        func stream(_ name: String, _ columns: (table: String, highest: String)...) -> SequencePosition {
            SequencePosition(name: name, floor: firstFreeStream, sources: columns)
        }
        func number(_ name: String, _ column: (table: String, highest: String)) -> SequencePosition {
            SequencePosition(name: name, floor: nil, sources: [column])
        }
        let id = "max(stream_id)"
        return [
            stream(
                "events_stream_seq", ("events", "max(stream_ordering)"), ("current_state_delta_stream", id),
                ("ex_outlier_stream", "max(event_stream_ordering)")),
            stream(
                "account_data_sequence", ("account_data", id), ("room_account_data", id), ("room_tags_revisions", id)),
            stream("receipts_sequence", ("receipts_linearized", id)),
            stream("device_inbox_sequence", ("device_inbox", id), ("device_federation_outbox", id)),
            stream(
                "device_lists_sequence", ("device_lists_stream", id), ("user_signature_stream", id),
                ("device_lists_outbound_pokes", id), ("device_lists_changes_in_room", id),
                ("device_lists_remote_pending", id), ("device_lists_changes_converted_stream_position", id)),
            stream("e2e_cross_signing_keys_sequence", ("e2e_cross_signing_keys", id)),
            stream("push_rules_stream_sequence", ("push_rules_stream", id)),
            stream("pushers_sequence", ("pushers", "max(id)"), ("deleted_pushers", id)),
            stream("presence_stream_sequence", ("presence_stream", id)),
            stream("thread_subscriptions_sequence", ("thread_subscriptions", id)),
            stream("sticky_events_sequence", ("sticky_events", id)),
            stream("profile_updates_sequence", ("profile_updates", id)),
            stream("quarantined_media_id_seq", ("quarantined_media_changes", id)),
            stream("un_partial_stated_event_stream_sequence", ("un_partial_stated_event_stream", id)),
            stream("un_partial_stated_room_stream_sequence", ("un_partial_stated_room_stream", id)),
            stream("cache_invalidation_stream_seq", ("cache_invalidation_stream_by_instance", id)),
            // Backfilled events count downwards; the sequence holds their numbers without the sign.
            number("events_backfill_stream_seq", ("events", "greatest(1, -min(stream_ordering))")),
            number("state_group_id_seq", ("state_groups", "max(id)")),
            number("event_auth_chain_id", ("event_auth_chains", "max(chain_id)")),
            // Synapse names guests by it, and it does not look at the accounts that are there.
            number("user_id_seq", ("users", "max(substring(name from '^@([0-9]{1,18}):')::bigint)")),
        ]
    }

    /// Nothing that was loaded may go out again: to other servers, to bridges, to telephones.
    private var streamPositions: [(table: String, statement: SQL)] {
        let newest = Self.newestStreamOrdering
        return [
            (
                "federation_stream_position",
                "UPDATE federation_stream_position SET stream_id = \(newest) WHERE type = 'events'"
            ),
            ("appservice_stream_position", "UPDATE appservice_stream_position SET stream_ordering = \(newest)"),
            ("stats_incremental_position", "UPDATE stats_incremental_position SET stream_id = \(newest)"),
            ("room_forgetter_stream_pos", "UPDATE room_forgetter_stream_pos SET stream_id = \(newest)"),
            ("pushers", "UPDATE pushers SET last_stream_ordering = \(newest)"),
            // Unread counts are written as Dendrite counted them; Synapse counts on from here.
            (
                "event_push_summary_stream_ordering",
                "UPDATE event_push_summary_stream_ordering SET stream_ordering = \(newest)"
            ),
            (
                "event_push_summary_last_receipt_stream_id",
                """
                UPDATE event_push_summary_last_receipt_stream_id
                SET stream_id = (SELECT coalesce(max(stream_id), 0) FROM receipts_linearized)
                """
            ),
            // NULL has the user directory begin with the background updates below.
            ("user_directory_stream_pos", "UPDATE user_directory_stream_pos SET stream_id = NULL"),
            ("background_updates", backgroundUpdates),
            // It would delete one-time keys older than a week, which clients still count on.
            ("scheduled_tasks", "DELETE FROM scheduled_tasks WHERE id = 'delete_old_otks_task'"),
        ]
    }

    static let newestStreamOrdering: SQL = "(SELECT coalesce(max(stream_ordering), 1) FROM events)"

    /// What Synapse computes from the loaded tables as it would have along the way.
    private var backgroundUpdates: SQL {
        """
        INSERT INTO background_updates (update_name, progress_json, depends_on) VALUES
            ('populate_user_directory_createtables', '{}', NULL),
            ('populate_user_directory_process_rooms', '{}', 'populate_user_directory_createtables'),
            ('populate_user_directory_process_users', '{}', 'populate_user_directory_process_rooms'),
            ('populate_user_directory_cleanup', '{}', 'populate_user_directory_process_users')
        """
    }
}
