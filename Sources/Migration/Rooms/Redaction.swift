// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// A redaction event, as far as it competes with others for the same event.
struct Redaction: Sendable {
    let eventID: String
    /// Its number in the timeline; 0 for one that clients never saw take effect.
    let syncID: Int64
    /// Whether Dendrite applied it.
    let isValidated: Bool
    /// Whether it still says what it redacts.
    let namesTarget: Bool
    let nid: Int64
    let receivedTimestamp: Int64
    let needsRecheck: Bool

    /// Whether, of two redactions of one event, this is the one to write.
    ///
    /// Clients name the latest redaction that took effect as the reason, and Synapse gives them none that was redacted itself.
    /// Of those that they never saw do so, one that Synapse has yet to judge may turn out to have no effect.
    func supersedes(_ other: Redaction) -> Bool { rank > other.rank }

    private var rank: (Int, Int64, Int, Int, Int64) {
        (namesTarget ? 1 : 0, syncID, needsRecheck ? 0 : 1, isValidated ? 1 : 0, nid)
    }
}

extension RoomLoad {
    /// Remembers a redaction unless a better one of the same event is known.
    mutating func note(_ redaction: Redaction, of target: RedactedEvent) {
        if let known = redactions[target], known.supersedes(redaction) { return }
        redactions[target] = redaction
    }

    /// Writes one row for each redacted event.
    mutating func writeRedactions(_ source: inout Connection, _ sink: inout RowSink) throws {
        let targets = redactions.keys.sorted { ($0.eventID, $0.roomNID) < ($1.eventID, $1.roomNID) }
        for start in stride(from: 0, to: targets.count, by: 5_000) {
            let some = targets[start..<min(start + 5_000, targets.count)]
            let known = try readRedacted(some.map(\.eventID), &source)
            for target in some {
                guard let redaction = redactions[target] else { continue }
                // Dendrite heeds no redaction from another room. Synapse would: it looks at rooms only where it looks at
                // power as well.
                let (roomNID, isCensored) = known[target.eventID] ?? (target.roomNID, false)
                guard roomNID == target.roomNID else { continue }
                sink.append(to: RoomTables.redactions) { row in
                    row.write(redaction.eventID)
                    row.write(target.eventID)
                    row.write(isCensored)
                    row.write(redaction.receivedTimestamp)
                    row.write(redaction.needsRecheck)
                }
                try sink.endRow()
            }
        }
    }

    /// Of the events that there are, the room, and whether Dendrite has already cut down the JSON.
    private func readRedacted(
        _ events: [String], _ source: inout Connection
    ) throws -> [String: (roomNID: Int64, isCensored: Bool)] {
        var known: [String: (roomNID: Int64, isCensored: Bool)] = [:]
        var event = EventReader()
        try source.copyOut(
            """
            SELECT e.event_id, e.room_nid, CASE WHEN j.event_json LIKE '%"redacted_by":%' THEN j.event_json END
            FROM roomserver_events e JOIN roomserver_event_json j USING (event_nid) WHERE e.event_id = ANY (\(events))
            """
        ) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let id = fields.string(), let roomNID = fields.int64() else { continue }
                var isCensored = false
                if let json = fields.bytesOrNull(), (try? event.read(json, keepsEventID: true)) != nil,
                    let unsigned = event.unsigned
                {
                    isCensored = JSONScanner.member("redacted_by", of: json, in: unsigned) != nil
                }
                known[id] = (roomNID, isCensored)
            }
        }
        return known
    }
}
