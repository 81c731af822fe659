// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

extension Verification {
    /// Whether each transaction of a device that is still there leads to an event.
    ///
    /// Synapse forgets them after a day, so a target that was used is not asked. One whose event was rejected is not missed.
    func transactions(_ source: inout Connection, _ target: inout Connection) throws -> [VerificationReport.Check] {
        guard !isUsed else { return [] }
        var check = VerificationReport.Check("Clients' transactions lead to their events")
        let expected = try source.integer(
            """
            SELECT count(*) FROM (
                SELECT DISTINCT o.session_id, o.transaction_id COLLATE "C", o.room_id COLLATE "C"
                FROM syncapi_output_room_events o JOIN roomserver_events e ON e.event_id = o.event_id
                     JOIN roomserver_rooms r ON r.room_nid = e.room_nid AND r.room_version <> ALL (\(RoomVersion.unsupported))
                     JOIN \(plan.sessions) s ON s.session_id = o.session_id
                WHERE o.transaction_id <> ''
                      AND octet_length(concat(o.room_id, s.user_id, s.device_id, o.transaction_id)) <= \(EventWriter.longestIndexEntry)
                      AND o.event_id NOT IN (SELECT unnest(\(rejected.filter { $0.hasPrefix("$") }.sorted())))) t
            """)
        check.examined = Int(expected ?? 0)
        let count = Int(try target.integer("SELECT count(*) FROM event_txn_id_device_id") ?? 0)
        if count < check.examined {
            check.wrong += check.examined - count - 1
            check.note(wrong: "event_txn_id_device_id: \(check.examined) in Dendrite, \(count) there")
        }
        return [check]
    }
}
