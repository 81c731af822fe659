// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

/// What follows from loaded events, by queries in the target alone: tips of the graph, threads, unread counts, words, statistics.
extension Plan {
    /// The weight of loads that look at all events, so that they begin before the others of their stage; the progress takes
    /// weights for rows, so it is small.
    private static let earlyWeight = 2

    var timeline: Area {
        Area(
            "timeline",
            [
                // Room work counted on messages that could not be read, some of them the latest of their room.
                TableLoad(
                    "events that could not be read", .mend, into: [],
                    statements: ["event_to_state_groups", "event_forward_extremities"].map {
                        table in
                        "DELETE FROM \(identifier: table) t USING matrix_loader.rejected_row r WHERE t.event_id = r.key"
                    } + [tips, Self.deadEnds, Self.stateOfNothing]),
                // Parents that a room's graph names and lacks: where history is asked for when somebody scrolls up. Loads
                // have staged the few that may be missing, and took for loaded what was then rejected. IN changes nothing
                // in the result: it lets PostgreSQL hash the few, and not all of `events`.
                TableLoad(
                    "event_backward_extremities", into: ["event_backward_extremities"], weight: Self.earlyWeight,
                    statements: [
                        """
                        INSERT INTO matrix_loader.unseen_parent (event_id, room_id)
                        SELECT g.prev_event_id, e.room_id
                        FROM matrix_loader.rejected_row r JOIN event_edges g ON g.prev_event_id = r.key JOIN events e USING (event_id)
                        WHERE NOT e.outlier
                        """,
                        """
                        INSERT INTO event_backward_extremities (event_id, room_id)
                        SELECT event_id, room_id FROM matrix_loader.unseen_parent
                        EXCEPT
                        SELECT event_id, room_id FROM events
                        WHERE NOT outlier AND event_id IN (SELECT event_id FROM matrix_loader.unseen_parent)
                        """,
                    ]),
                TableLoad("threads", into: ["threads"], weight: Self.earlyWeight, statements: [threads]),
                // A redacted message was in a thread when it notified.
                TableLoad(
                    "unread counts", into: ["event_push_actions", "event_push_summary"],
                    statements: unreadCounts + [
                        """
                        DELETE FROM event_relations
                        WHERE event_id IN (SELECT redacts FROM redactions r WHERE \(Self.isApplied))
                        """
                    ]),
            ] + search + roomStatistics,
            omissions: searchOmissions
        )
    }

    /// Gives rooms that have lost all their latest events the latest usable ones: in a room without a forward extremity
    /// Synapse lets nobody write, or leave.
    private var tips: SQL {
        """
        WITH tips AS (
            INSERT INTO event_forward_extremities (event_id, room_id)
            SELECT t.event_id, r.room_id
            FROM \(Self.roomsWithoutEnd) r
                 CROSS JOIN LATERAL (
                     SELECT e.event_id FROM events e JOIN event_to_state_groups USING (event_id)
                     WHERE e.room_id = r.room_id AND \(Self.isUsable("e"))
                           AND NOT EXISTS (SELECT 1 FROM event_edges g JOIN events c ON c.event_id = g.event_id
                                           WHERE g.prev_event_id = e.event_id AND \(Self.isUsable("c")))
                     ORDER BY e.topological_ordering DESC, e.stream_ordering DESC LIMIT \(Self.mostParents)) t
            RETURNING room_id)
        INSERT INTO matrix_loader.left_out
        SELECT 'timeline', 'rooms whose latest events cannot be used: they go on from earlier ones',
               count(DISTINCT room_id)
        FROM tips HAVING count(*) > 0
        """
    }

    /// Rooms of our users that have no forward extremity: a relation for FROM, with room_id.
    private static let roomsWithoutEnd: SQL = """
        (SELECT DISTINCT m.room_id FROM local_current_membership m
         WHERE m.membership = 'join' AND NOT EXISTS (SELECT 1 FROM event_forward_extremities x WHERE x.room_id = m.room_id))
        """

    /// Counts rooms in which ``tips`` has found nothing.
    private static let deadEnds: SQL = """
        INSERT INTO matrix_loader.left_out
        SELECT 'timeline', 'rooms without any event that can be used: nobody can write there', count(*)
        FROM \(roomsWithoutEnd) AS r
        """

    /// Takes the current state from rooms without any event of which more is known than the JSON.
    ///
    /// Synapse's background updates end for good at a room that has current state and no such event. Without the state it
    /// takes the room for one that it is not in, so users can join it anew.
    private static let stateOfNothing: SQL = """
        DELETE FROM current_state_events c USING \(roomsWithoutEnd) AS r
        WHERE c.room_id = r.room_id AND NOT EXISTS (
            SELECT 1 FROM events e WHERE e.room_id = r.room_id AND NOT e.outlier AND e.rejection_reason IS NULL)
        """

    /// As many parents as an event of Synapse's has at most.
    private static let mostParents = 10

    /// Whether others may follow an event: it was received in its turn and accepted.
    private static func isUsable(_ event: String) -> SQL {
        SQL(raw: "(\(event).stream_ordering > 0 AND NOT \(event).outlier AND \(event).rejection_reason IS NULL)")
    }

    /// From where Synapse counts: the latest receipt, else the user's latest membership event.
    private static let countingStart = """
        SELECT room_id, user_id, coalesce(r.position, m.event_stream_ordering) AS position
        FROM (SELECT room_id, user_id, max(event_stream_ordering) AS position FROM receipts_linearized
              WHERE event_stream_ordering IS NOT NULL GROUP BY 1, 2) r
             FULL JOIN local_current_membership m USING (room_id, user_id)
        """

    /// Notifications with the place of their event and from where Synapse counts in that room.
    ///
    /// A thread's id is that of an event; longer ones than any event's exceed an index.
    private static let placedNotifications = """
        SELECT n.position AS number, n.user_id, n.room_id, n.event_id, n.highlight, n.read, n.actions, e.topological_ordering,
               e.stream_ordering, b.position AS base,
               CASE WHEN t.relation_type = 'm.thread' AND octet_length(t.relates_to_id) <= \(EventWriter.longestIdentifier)
                    THEN t.relates_to_id ELSE 'main' END AS thread_id
        FROM matrix_loader.notification n JOIN events e ON e.event_id = n.event_id AND e.stream_ordering >= 0
             JOIN (\(countingStart)) b ON b.room_id = n.room_id AND b.user_id = n.user_id
             LEFT JOIN event_relations t ON t.event_id = n.event_id
        """

    /// Unread notifications by thread, and what is missing from the number that users were shown, outside of threads.
    ///
    /// Dendrite shows a number that it wrote down, and it forgets what it had counted: messages after a day, highlights
    /// after a month. It also counted events that came with a room's history, such as an invitation that was then accepted.
    private static let sums = """
        WITH sum AS (
            SELECT user_id, room_id, thread_id, count(*) AS number, max(base) AS base
            FROM (\(placedNotifications)) n WHERE NOT n.read GROUP BY user_id, room_id, thread_id)
        SELECT user_id, room_id, thread_id, number, base FROM sum
        UNION ALL
        SELECT u.user_id, u.room_id, 'main', u.notifications - coalesce(s.number, 0), b.position
        FROM matrix_loader.unread_room u JOIN (\(countingStart)) b ON b.room_id = u.room_id AND b.user_id = u.user_id
             LEFT JOIN (SELECT user_id, room_id, sum(number) AS number FROM sum GROUP BY user_id, room_id) s
                 ON s.room_id = u.room_id AND s.user_id = u.user_id
        """

    /// Dendrite calls read what came in before the receipt did; Synapse, what lies before the receipt's event.
    ///
    /// The sums are Dendrite's, marked as made for the very position from which Synapse counts, so it shows the same
    /// numbers.
    private var unreadCounts: [SQL] {
        [
            SQL(
                raw:
                    """
                    INSERT INTO event_push_actions (room_id, event_id, user_id, profile_tag, actions, topological_ordering,
                        stream_ordering, notif, highlight, unread, thread_id)
                    SELECT DISTINCT ON (room_id, event_id, user_id) room_id, event_id, user_id, NULL, actions,
                        topological_ordering, stream_ordering, 1, highlight::int, 0, thread_id
                    FROM (\(Self.placedNotifications)) n WHERE NOT (n.read AND n.stream_ordering > n.base)
                    ORDER BY room_id, event_id, user_id, number DESC
                    """),
            SQL(
                raw:
                    """
                    INSERT INTO event_push_summary (user_id, room_id, thread_id, notif_count, unread_count, stream_ordering,
                        last_receipt_stream_ordering)
                    SELECT user_id, room_id, thread_id, sum(number), 0,
                           (SELECT greatest(max(stream_ordering), 1) FROM events), max(base)
                    FROM (\(Self.sums)) n GROUP BY user_id, room_id, thread_id HAVING sum(number) > 0
                    """),
            SQL(
                raw:
                    """
                    INSERT INTO matrix_loader.left_out
                    SELECT 'notifications', 'notifications of unknown events', count(*) FROM matrix_loader.notification n
                    WHERE NOT EXISTS (SELECT 1 FROM (\(Self.placedNotifications)) c WHERE c.number = n.position)
                    """),
        ]
    }

    /// Whether a redaction `r` needs no second look.
    ///
    /// Schemas before 94 have no column for it, which JSON does not mind.
    static let isApplied: SQL = "NOT coalesce((to_jsonb(r) ->> 'recheck')::boolean, false)"

    /// Each thread with its latest reply that was not redacted, where the message that began it is there.
    private var threads: SQL {
        """
        INSERT INTO threads (room_id, thread_id, latest_event_id, topological_ordering, stream_ordering)
        SELECT DISTINCT ON (t.room_id, t.thread_id) t.room_id, t.thread_id, t.event_id, t.topological_ordering, t.stream_ordering
        FROM matrix_loader.thread_reply t
        WHERE EXISTS (SELECT 1 FROM events root WHERE root.event_id = t.thread_id)
              AND NOT EXISTS (SELECT 1 FROM redactions r WHERE r.redacts = t.event_id AND \(Self.isApplied))
        ORDER BY t.room_id, t.thread_id, t.topological_ordering DESC, t.stream_ordering DESC
        """
    }
}
