// SPDX-License-Identifier: Apache-2.0

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

    /// The text as it is sent to clients: with `unsigned`, and with two members of Dendrite's own at the end.
    func clientText(redactedBy redaction: EventRow?, population: Population) -> [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(text.json.count + 512)
        if redaction == nil { json += text.json[..<(text.json.count - 1)] } else { json += text.redacted }
        if let redaction {
            json.append(",\"unsigned\":{\"redacted_because\":")
            json += redaction.formForClients(population)
            json.append(",\"redacted_by\":\"")
            json += redaction.text.id
            json.append("\"}")
        } else if let replaced {
            json.append(",\"unsigned\":{\"prev_content\":")
            json += replaced.content
            json.append(",\"prev_sender\":\"")
            json += population.userID(replaced.sender)
            json.append("\",\"replaces_state\":\"")
            json += replaced.event.id
            json.append("\"}")
        }
        json.append(",\"_room_version\":\"\(room.version.rawValue)\",\"_event_id\":\"")
        // The copy that a redaction leaves has lost its id.
        if redaction == nil { json += text.id }
        json.append("\"}")
        return json
    }

    private func formForClients(_ population: Population) -> [UInt8] {
        var json = Array("{\"content\":".utf8)
        json += draft.content
        json.append(",\"event_id\":\"")
        json += text.id
        json.append("\",\"origin_server_ts\":\(draft.time),\"redacts\":\"")
        json += draft.redacts ?? []
        json.append("\",\"sender\":\"")
        json += population.userID(draft.sender)
        json.append("\",\"type\":\"m.room.redaction\"}")
        return json
    }
}
