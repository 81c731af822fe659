// SPDX-License-Identifier: Apache-2.0
import Postgres

extension EventRow {
    /// The text as Dendrite's store keeps it after a redaction.
    ///
    /// `redacted_because` is the redaction as Dendrite's event type prints itself, number and all.
    func serverText(redactedBy redaction: EventRow) -> [UInt8] {
        var json = text.redacted
        json.append(",\"unsigned\":{\"redacted_because\":{\"EventNID\":\(redaction.number),\"PDU\":")
        json += redaction.text.json
        json.append(",\"Rejected\":false},\"redacted_by\":\"")
        json += redaction.text.id
        json.append("\"}}")
        return json
    }

    /// Writes the text as it is sent to clients: with `unsigned`, and with two members of Dendrite's own at the end.
    func writeClientText(redactedBy redaction: EventRow?, population: Population, to row: inout CopyBuffer) {
        row.writeText { row in
            if let redaction {
                row.piece(text.redacted)
                row.piece(",\"unsigned\":{\"redacted_because\":")
                row.piece(redaction.formForClients(population))
                row.piece(",\"redacted_by\":\"")
                row.piece(redaction.text.id.span)
                row.piece("\"}")
            } else {
                let json = text.json
                row.piece(json.span.extracting(0..<(json.count - 1)))
                if let replaced { Self.writeReplaced(replaced, population, to: &row) }
            }
            row.piece(",\"_room_version\":\"")
            row.piece(room.version.rawValue)
            row.piece("\",\"_event_id\":\"")
            // The copy that a redaction leaves has lost its id.
            if redaction == nil { row.piece(text.id.span) }
            row.piece("\"}")
        }
    }

    private static func writeReplaced(_ replaced: StateEntry, _ population: Population, to row: inout CopyBuffer) {
        row.piece(",\"unsigned\":{\"prev_content\":")
        row.piece(replaced.content)
        row.piece(",\"prev_sender\":\"")
        row.piece(population.userID(replaced.sender))
        row.piece("\",\"replaces_state\":\"")
        row.piece(replaced.event.id.span)
        row.piece("\"}")
    }

    private func formForClients(_ population: Population) -> [UInt8] {
        var json = Array("{\"content\":".utf8)
        json += draft.content
        json.append(",\"event_id\":\"")
        json += text.id
        json.append("\",\"origin_server_ts\":\(draft.time),\"redacts\":\"")
        if let redacts = draft.redacts { json += redacts }
        json.append("\",\"sender\":\"")
        json += population.userID(draft.sender)
        json.append("\",\"type\":\"m.room.redaction\"}")
        return json
    }
}
