// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

extension Verification {
    /// Whether users are joined or invited where Dendrite says that they are, but for what loads have counted.
    ///
    /// Users come and go, so a target that was used is not asked.
    func memberships(_ source: inout Connection, _ target: inout Connection) throws -> [VerificationReport.Check] {
        guard !isUsed else { return [] }
        var check = VerificationReport.Check("Our users are in the rooms that they were in")
        var missing: [String] = []
        var last: (room: Int64, user: Int64) = (-1, -1)
        while true {
            let rows = try source.rows(
                """
                SELECT m.room_nid, m.target_nid, r.room_id, k.event_state_key, CASE m.membership_nid WHEN \(MembershipNID.invite) THEN 'invite' ELSE 'join' END
                FROM roomserver_membership m
                     JOIN roomserver_event_state_keys k ON k.event_state_key_nid = m.target_nid
                     JOIN roomserver_rooms r ON r.room_nid = m.room_nid AND r.room_version <> ALL (\(RoomVersion.unsupported))
                WHERE m.target_local AND m.membership_nid IN (\(MembershipNID.invite), \(MembershipNID.join)) AND (m.room_nid, m.target_nid) > (\(last.room), \(last.user))
                ORDER BY 1, 2 LIMIT 20000
                """)
            guard let end = rows.last, let room = end[0].flatMap({ Int64($0) }),
                let user = end[1].flatMap({ Int64($0) })
            else { break }
            last = (room, user)
            check.examined += rows.count
            missing += try target.rows(
                """
                SELECT w.user_id || ' in ' || w.room_id || ': ' || w.membership
                FROM unnest(\(rows.map { $0[2] ?? "" }), \(rows.map { $0[3] ?? "" }), \(rows.map { $0[4] ?? "" }))
                     AS w (room_id, user_id, membership)
                     LEFT JOIN local_current_membership USING (room_id, user_id, membership) WHERE event_id IS NULL
                """
            ).compactMap { $0[0] }
        }
        let counted = try Ledger().leftOut(on: &target).first { $0.what == RoomLoad.unconfirmed }?.rows ?? 0
        let lost = missing.count - counted
        if lost > 0 {
            check.wrong += lost - 1
            let known = counted > 0 ? ", \(counted) of which are known" : ""
            check.note(wrong: "\(missing.count) are not there\(known), such as \(missing.listed(atMost: 3))")
        }
        return [check]
    }
}
