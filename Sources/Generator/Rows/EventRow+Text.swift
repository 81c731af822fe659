// SPDX-License-Identifier: Apache-2.0

extension EventRow {
    private static let objectEnd = UInt8(ascii: "}")

    /// The text as Dendrite's store keeps it after a redaction.
    ///
    /// `redacted_because` is the redaction as Dendrite's event type prints itself, number and all.
    func serverText(redactedBy redaction: EventRow) -> [UInt8] {
        var json = text.redacted
        json += Array(",\"unsigned\":{\"redacted_because\":{\"EventNID\":\(redaction.number),\"PDU\":".utf8)
        json += redaction.text.json
        json += Array(",\"Rejected\":false},\"redacted_by\":\"".utf8)
        json += redaction.text.id
        json += Array("\"}}".utf8)
        return json
    }

    /// The text as it is sent to clients: with `unsigned`, and with two members of Dendrite's own at the end.
    func clientText(redactedBy redaction: EventRow?, population: Population) -> [UInt8] {
        var json = redaction == nil ? text.json : text.redacted
        if redaction == nil { json.removeLast() }
        if let redaction {
            json += Array(",\"unsigned\":{\"redacted_because\":".utf8)
            json += redaction.formForClients(population)
            json += Array(",\"redacted_by\":\"".utf8)
            json += redaction.text.id
            json += Array("\"}".utf8)
        } else if let replaced {
            json += Array(",\"unsigned\":{\"prev_content\":".utf8)
            json += replaced.content
            json += Array(",\"prev_sender\":\"".utf8)
            json += population.userID(replaced.sender)
            json += Array("\",\"replaces_state\":\"".utf8)
            json += replaced.event.id
            json += Array("\"}".utf8)
        }
        json += Array(",\"_room_version\":\"\(room.version.rawValue)\",\"_event_id\":\"".utf8)
        // The copy that a redaction leaves has lost its id.
        if redaction == nil { json += text.id }
        json += Array("\"}".utf8)
        return json
    }

    private func formForClients(_ population: Population) -> [UInt8] {
        var json = Array("{\"content\":".utf8)
        json += draft.content
        json += Array(",\"event_id\":\"".utf8)
        json += text.id
        json += Array("\",\"origin_server_ts\":\(draft.time),\"redacts\":\"".utf8)
        json += draft.redacts ?? []
        json += Array("\",\"sender\":\"".utf8)
        json += population.userID(draft.sender)
        json += Array("\",\"type\":\"m.room.redaction\"}".utf8)
        return json
    }
}
