// SPDX-License-Identifier: Apache-2.0
import Loader
import Partition
import Postgres

/// The words of messages, names and topics, by which Synapse searches.
extension Plan {
    /// Events from which it takes longer to index words than to load everything else; then Synapse does it later.
    static let defaultSearchLimit = 20_000

    var isSearchLeftToSynapse: Bool { eventCount > searchLimit }

    private var eventCount: Int { eventRanges.reduce(0) { $0 + $1.weight } }

    /// The part that is done before Synapse starts.
    var search: [TableLoad] {
        guard !isSearchLeftToSynapse else {
            return [
                TableLoad(
                    "search, left to Synapse", into: ["background_updates", "event_search"],
                    statements: Self.leavingSearch)
            ]
        }
        return Self.searched.map { type, key in
            TableLoad(
                "search in \(type)", into: ["event_search"], weight: 1,
                statements: [Self.indexing("SELECT * FROM events", type, key)])
        }
    }

    /// What Synapse is asked to do.
    var searchOmissions: [Omission] {
        guard isSearchLeftToSynapse else { return [] }
        return [
            Omission(
                "events among which Synapse itself makes messages searchable (background update event_search)",
                "SELECT \(eventCount)")
        ]
    }

    private static let searched = [("m.room.message", "body"), ("m.room.name", "name"), ("m.room.topic", "topic")]

    private static func indexing(_ events: SQL, _ type: String, _ key: String) -> SQL {
        """
        INSERT INTO event_search (event_id, room_id, key, vector, stream_ordering, origin_server_ts)
        SELECT e.event_id, e.room_id, \("content." + key),
               to_tsvector('english', replace(j.json::json -> 'content' ->> \(key), chr(1), ' ')),
               e.stream_ordering, e.origin_server_ts
        FROM (\(events)) AS e JOIN event_json j USING (event_id)
        WHERE e.type = \(type) AND NOT e.outlier AND e.rejection_reason IS NULL AND j.json !~ '\\\\u0000'
              AND json_typeof(j.json::json -> 'content' -> \(key)) = 'string'
              AND (e.type = 'm.room.message' OR e.state_key IS NOT NULL)
              AND NOT EXISTS (SELECT 1 FROM redactions r WHERE r.redacts = e.event_id AND \(isApplied))
        """
    }

    /// Leaves the longest stretch to Synapse, as the last of its background updates since it takes hours, and indexes the rest here.
    private static let leavingSearch: [SQL] =
        [
            """
            INSERT INTO background_updates (update_name, progress_json, ordering)
            SELECT 'event_search', format('{"target_min_stream_id_inclusive": %s, "max_stream_id_exclusive": %s}', lowest, highest), 1
            FROM \(longestStretch) AS s
            """
        ] + searched.map { type, key in "\(indexing(besidesStretch, type, key)) AND \(isAnythingLeft)" }

    /// As many messages without words in a row as may end Synapse's background update.
    ///
    /// It goes from the newest message to the oldest, and takes a batch of which it can index nothing for the end. Its batches
    /// are of 100 messages after each start, and then of what a tenth of a second suffices for: of fewer where less than 500
    /// messages are indexed in a second.
    private static let silence = 50

    /// Events between two such rows of messages: lowest, highest (exclusive); of several stretches that with most messages.
    ///
    /// Loads of events have noted the messages without words. They are few, so each is asked whether there is another between it and
    /// the one before.
    private static let longestStretch: SQL = """
        (WITH neighbours AS (
             SELECT position, lag(position) OVER (ORDER BY position) AS previous
             FROM (SELECT DISTINCT stream_ordering FROM matrix_loader.silent_message) s (position)
         ), parted AS (
             SELECT position, previous IS NULL OR EXISTS (
                 SELECT 1 FROM events e
                 WHERE e.stream_ordering > previous AND e.stream_ordering < position AND e.type = ANY (\(searched.map(\.0)))
             ) AS is_first FROM neighbours
         ), silent AS (
             SELECT min(position) AS first, max(position) AS last
             FROM (SELECT position, count(*) FILTER (WHERE is_first) OVER (ORDER BY position) AS row_of FROM parted) p
             GROUP BY row_of HAVING count(*) >= \(silence)
         ), bounds AS (
             SELECT min(stream_ordering) AS lowest, max(stream_ordering) + 1 AS highest FROM events
         )
         SELECT lowest, highest FROM (
             SELECT coalesce(lag(s.last) OVER (ORDER BY s.first) + 1, b.lowest) AS lowest, s.first AS highest FROM silent s, bounds b
             UNION ALL SELECT coalesce((SELECT max(last) + 1 FROM silent), lowest), highest FROM bounds
         ) stretches WHERE lowest < highest
         ORDER BY CASE WHEN EXISTS (SELECT 1 FROM silent) THEN (
             SELECT count(*) FROM events e
             WHERE e.stream_ordering >= lowest AND e.stream_ordering < highest AND e.type = ANY (\(searched.map(\.0)))
         ) END DESC, lowest DESC LIMIT 1)
        """

    /// The stretch that Synapse indexes: lowest, highest (exclusive).
    private static let leftToSynapse: SQL = """
        (SELECT (p ->> 'target_min_stream_id_inclusive')::bigint AS lowest, (p ->> 'max_stream_id_exclusive')::bigint AS highest
         FROM (SELECT progress_json::json FROM background_updates WHERE update_name = 'event_search') u (p))
        """

    private static let besidesStretch: SQL = """
        SELECT e.* FROM events e, \(leftToSynapse) AS l WHERE e.stream_ordering < l.lowest OR e.stream_ordering >= l.highest
        """

    /// Without this, which PostgreSQL asks first, it would read all events to find that nothing is left.
    private static let isAnythingLeft: SQL = """
        (SELECT lowest > (SELECT min(stream_ordering) FROM events) OR highest <= (SELECT max(stream_ordering) FROM events)
         FROM \(leftToSynapse) AS l)
        """
}
