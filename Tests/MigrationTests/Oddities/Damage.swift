// SPDX-License-Identifier: Apache-2.0
import Foundation
import Postgres

@testable import Migration

/// Damage to a Dendrite database, done to rows that a seed chooses.
///
/// Each is one statement in which `CHOSEN(column)` stands for a condition that is true for some rows of the table, by a
/// digest of the column and the seed; `N` is a number that the seed chooses.
enum Damage {
    private static let jsonTexts = [
        "", "null", "[]", "\"text\"", "{", "{}", "17", "{\"type\":\"m.room.message\"}", "\\u0000",
        "{\"a\":\"\\u0000\"}", "tru",
    ]

    /// Events' JSON.
    private static let bodies =
        jsonTexts.map { "UPDATE roomserver_event_json SET event_json = $text$\($0)$text$ WHERE CHOSEN(event_nid)" } + [
            "UPDATE roomserver_event_json SET event_json = left(event_json, N) WHERE CHOSEN(event_nid)",
            "UPDATE roomserver_event_json SET event_json = event_json || ' {}' WHERE CHOSEN(event_nid)",
            "UPDATE roomserver_event_json SET event_json = replace(event_json, '\"body\":\"', '\"body\":\"\\u0000') WHERE CHOSEN(event_nid)",
            "UPDATE roomserver_event_json SET event_json = replace(event_json, '\"sender\":\"', '\"sender\":\"\\u0000') WHERE CHOSEN(event_nid)",
            "UPDATE roomserver_event_json SET event_json = replace(event_json, '\"state_key\":\"', '\"state_key\":\"\\ud800') WHERE CHOSEN(event_nid)",
            "UPDATE roomserver_event_json SET event_json = regexp_replace(event_json, '\"depth\":\\d+', '\"depth\":1e400') WHERE CHOSEN(event_nid)",
            "UPDATE roomserver_event_json SET event_json = regexp_replace(event_json, '\"origin_server_ts\":\\d+', '\"origin_server_ts\":99999999999999999999') WHERE CHOSEN(event_nid)",
            "UPDATE roomserver_event_json SET event_json = regexp_replace(event_json, '\"origin_server_ts\":\\d+', '\"origin_server_ts\":-9223372036854775808') WHERE CHOSEN(event_nid)",
            "UPDATE roomserver_event_json SET event_json = regexp_replace(event_json, '\"prev_events\":\\[[^]]*\\]', '\"prev_events\":7') WHERE CHOSEN(event_nid)",
            "UPDATE roomserver_event_json SET event_json = regexp_replace(event_json, '\"auth_events\":\\[', '\"auth_events\":[null,{},') WHERE CHOSEN(event_nid)",
            "UPDATE roomserver_event_json SET event_json = regexp_replace(event_json, '\"content\":\\{', '\"content\":{\"m.relates_to\":[],\"membership\":7,') WHERE CHOSEN(event_nid)",
            "UPDATE roomserver_event_json SET event_json = replace(event_json, '\"type\":\"m.room.', '\"type\":\"m.roof.') WHERE CHOSEN(event_nid)",
            // An event that is its own parent, and two of which each is the other's.
            "UPDATE roomserver_event_json j SET event_json = regexp_replace(event_json, '\"prev_events\":\\[[^]]*\\]', '\"prev_events\":[\"' || e.event_id || '\"]') FROM roomserver_events e WHERE e.event_nid = j.event_nid AND CHOSEN(j.event_nid)",
            "UPDATE roomserver_event_json j SET event_json = regexp_replace(event_json, '\"auth_events\":\\[[^]]*\\]', '\"auth_events\":[\"' || e.event_id || '\"]') FROM roomserver_events e WHERE e.event_nid = j.event_nid + 1 AND CHOSEN(j.event_nid)",
            "DELETE FROM roomserver_event_json WHERE CHOSEN(event_nid)",
        ]

    /// What the room server says of events, rooms and state.
    private static let books = [
        "UPDATE roomserver_events SET state_snapshot_nid = 999999 WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET state_snapshot_nid = 0 WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET event_state_key_nid = 65536 + N % 7 WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET event_state_key_nid = 0 WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET event_type_nid = 77777 WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET event_type_nid = 1 + N % 7 WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET depth = 9223372036854775807 WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET depth = -5 WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET sent_to_output = NOT sent_to_output WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET is_rejected = NOT is_rejected WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET room_nid = room_nid + 1 WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET room_nid = 88888 WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_events SET event_id = event_id || repeat('x', 300) WHERE CHOSEN(event_nid)",
        "UPDATE roomserver_state_block SET event_nids = array_append(event_nids, 4711::bigint) WHERE CHOSEN(state_block_nid)",
        "UPDATE roomserver_state_block SET event_nids = event_nids || event_nids WHERE CHOSEN(state_block_nid)",
        "UPDATE roomserver_state_block SET event_nids = ARRAY(SELECT n + 1 FROM unnest(event_nids) n) WHERE CHOSEN(state_block_nid)",
        "DELETE FROM roomserver_state_block WHERE CHOSEN(state_block_nid)",
        "DELETE FROM roomserver_state_snapshots WHERE CHOSEN(state_snapshot_nid)",
        "DELETE FROM roomserver_state_snapshots WHERE state_block_nids = '{}'",
        "UPDATE roomserver_state_snapshots SET state_block_nids = ARRAY(SELECT b FROM unnest(state_block_nids) b ORDER BY b DESC) || state_block_nids WHERE CHOSEN(state_snapshot_nid)",
        "UPDATE roomserver_state_snapshots SET room_nid = room_nid + 1 WHERE CHOSEN(state_snapshot_nid)",
        "UPDATE roomserver_rooms SET latest_event_nids = '{4711,-1}' WHERE CHOSEN(room_nid)",
        "UPDATE roomserver_rooms SET latest_event_nids = '{}' WHERE CHOSEN(room_nid)",
        "UPDATE roomserver_rooms SET state_snapshot_nid = 999999 WHERE CHOSEN(room_nid)",
        "UPDATE roomserver_rooms SET room_version = '' WHERE CHOSEN(room_nid)",
        "UPDATE roomserver_rooms SET room_version = 'org.example.unknown' WHERE CHOSEN(room_nid)",
        "DELETE FROM roomserver_rooms WHERE CHOSEN(room_nid)",
        "DELETE FROM roomserver_previous_events WHERE CHOSEN(previous_event_id)",
        "DELETE FROM roomserver_event_types WHERE event_type_nid > 7 AND CHOSEN(event_type_nid)",
        "DELETE FROM roomserver_event_state_keys WHERE event_state_key_nid > 1 AND CHOSEN(event_state_key_nid)",
        "UPDATE roomserver_redactions SET redacts_event_id = redaction_event_id WHERE CHOSEN(redaction_event_id)",
        "UPDATE roomserver_redactions SET validated = NOT validated WHERE CHOSEN(redaction_event_id)",
        "INSERT INTO roomserver_redactions SELECT event_id, event_id, true FROM roomserver_events WHERE CHOSEN(event_nid) ON CONFLICT DO NOTHING",
        "UPDATE roomserver_membership SET target_nid = 99999 + target_nid WHERE CHOSEN(target_nid)",
        "UPDATE roomserver_invites SET invite_event_json = '[' WHERE CHOSEN(invite_event_id)",
    ]

    /// What the sync component has, and what belongs to people and media.
    private static let others = [
        "DELETE FROM syncapi_output_room_events WHERE id > (SELECT max(id) - N FROM syncapi_output_room_events)",
        "DELETE FROM syncapi_output_room_events WHERE CHOSEN(id)",
        "UPDATE syncapi_output_room_events SET headered_event_json = '{\"origin_server_ts\":' WHERE CHOSEN(id)",
        "UPDATE syncapi_output_room_events SET exclude_from_sync = NULL WHERE CHOSEN(id)",
        "UPDATE syncapi_output_room_events SET exclude_from_sync = true WHERE CHOSEN(id)",
        "UPDATE syncapi_output_room_events SET event_id = '$elsewhere' || id WHERE CHOSEN(id)",
        "UPDATE syncapi_output_room_events SET session_id = 999, transaction_id = 'same' WHERE CHOSEN(id)",
        "UPDATE syncapi_receipts SET event_id = '$unknown' WHERE CHOSEN(event_id)",
        "UPDATE syncapi_receipts SET room_id = '!unknown:example.org' WHERE CHOSEN(event_id)",
        "UPDATE syncapi_send_to_device SET content = '{' WHERE CHOSEN(id)",
        "UPDATE userapi_account_datas SET content = '[]' WHERE CHOSEN(type)",
        "UPDATE userapi_account_datas SET content = '{\"a\":' WHERE CHOSEN(type)",
        "UPDATE userapi_account_datas SET content = '{\"global\":7}' WHERE type = 'm.push_rules' AND CHOSEN(localpart)",
        "UPDATE userapi_accounts SET is_deactivated = true WHERE CHOSEN(localpart)",
        "UPDATE userapi_accounts SET is_deactivated = NULL WHERE CHOSEN(localpart)",
        "DELETE FROM userapi_accounts WHERE CHOSEN(localpart)",
        "DELETE FROM userapi_devices WHERE CHOSEN(device_id)",
        "DELETE FROM userapi_profiles WHERE CHOSEN(localpart)",
        "UPDATE userapi_profiles SET display_name = repeat('ü', 3000) WHERE CHOSEN(localpart)",
        "UPDATE keyserver_device_keys SET key_json = '' WHERE CHOSEN(device_id)",
        "UPDATE keyserver_device_keys SET key_json = '[' WHERE CHOSEN(device_id)",
        "UPDATE keyserver_one_time_keys SET key_json = 'x' WHERE CHOSEN(key_id)",
        "UPDATE keyserver_cross_signing_keys SET key_data = '~' WHERE CHOSEN(user_id)",
        "UPDATE mediaapi_media_repository SET file_size_bytes = -1 WHERE CHOSEN(media_id)",
        "UPDATE mediaapi_media_repository SET base64hash = 'none' WHERE CHOSEN(media_id)",
        "UPDATE mediaapi_media_repository SET upload_name = '%zz%00', content_type = '' WHERE CHOSEN(media_id)",
    ]

    private static let all = bodies + books + others

    /// Some statements, chosen by a seed.
    static func statements(_ seed: Int) -> [SQL] {
        var numbers = SeededGenerator(seed)
        return (0..<numbers.below(10) + 3).map { _ in
            // From one row in a thousand to every second.
            let share = numbers.pick([500, 100, 100, 30, 10, 2])
            let salt = numbers.below(1 << 30)
            var text = numbers.pick(all)
            while let start = text.range(of: "CHOSEN(") {
                let end = text[start.upperBound...].firstIndex(of: ")") ?? text.endIndex
                let column = text[start.upperBound..<end]
                let condition = "hashtext(\(column)::text || '\(salt)') % \(share) = 0"
                text.replaceSubrange(start.lowerBound...end, with: condition)
            }
            text = text.replacing(" N)", with: " \(numbers.below(400)))").replacing("N %", with: "\(salt) %").replacing(
                "- N ", with: "- \(numbers.below(40)) ")
            return SQL(raw: text)
        }
    }
}
