// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Invitations, whose JSON stands in a table of their own.
enum Invitations {
    /// Those that are open and to one of our users: a relation for FROM, with room_nid, invite_event_id, invite_event_json,
    /// target_nid.
    ///
    /// Dendrite notes an invitation that came with the room's events by its number; `event_nid` may be 0 all the same.
    private static let open: SQL = """
        (SELECT i.room_nid, i.invite_event_id, i.invite_event_json, i.target_nid
         FROM roomserver_invites i JOIN roomserver_membership m ON m.room_nid = i.room_nid AND m.target_nid = i.target_nid
         WHERE NOT i.retired AND m.membership_nid = \(MembershipNID.invite) AND m.event_nid = 0 AND m.target_local)
        """

    /// Open ones into a room that we hold no such event of, as ``open``.
    static let openFromAfar: SQL = """
        (SELECT * FROM \(open) AS i
         WHERE NOT EXISTS (SELECT 1 FROM roomserver_events e WHERE e.event_id = i.invite_event_id))
        """

    /// Open ones whose event came with others of the room, as when a join was begun and did not succeed: room_nid, event_nid,
    /// target_nid, is_rejected.
    ///
    /// Clients are shown also those that Dendrite rejected as it had no state of the room to judge them by.
    static let openAndHeld: SQL = """
        (SELECT i.room_nid, e.event_nid, i.target_nid, e.is_rejected
         FROM \(open) AS i JOIN roomserver_events e ON e.event_id = i.invite_event_id AND e.room_nid = i.room_nid
         WHERE NOT e.is_rejected OR e.state_snapshot_nid = 0)
        """

    /// Counts those that clients are shown and that no load has: one number.
    static let knownToClientsAlone: SQL = """
        SELECT count(*) FROM syncapi_invite_events s
        WHERE NOT s.deleted
              AND NOT EXISTS (SELECT 1 FROM roomserver_invites i WHERE i.invite_event_id = s.event_id)
              AND NOT EXISTS (SELECT 1 FROM roomserver_events e WHERE e.event_id = s.event_id)
        """
}
