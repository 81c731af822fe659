// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Invitations, whose JSON stands in a table of their own.
enum Invitations {
    /// Those that are open, to one of our users, into a room that we hold no such event of: a relation for FROM, with
    /// room_nid, invite_event_id, invite_event_json, target_nid.
    static let openFromAfar: SQL = """
        (SELECT i.room_nid, i.invite_event_id, i.invite_event_json, i.target_nid
         FROM roomserver_invites i JOIN roomserver_membership m ON m.room_nid = i.room_nid AND m.target_nid = i.target_nid
         WHERE NOT i.retired AND m.membership_nid = 2 AND m.event_nid = 0 AND m.target_local
               AND NOT EXISTS (SELECT 1 FROM roomserver_events e WHERE e.event_id = i.invite_event_id))
        """
}
