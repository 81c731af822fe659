// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Who may redact, by the events that say so.
struct RedactionPower {
    /// By `event_nid` of an `m.room.power_levels` event.
    var levels: [Int64: PowerLevels] = [:]
    /// By `event_nid` of an `m.room.create` event: its sender, then `additional_creators`.
    var creators: [Int64: [String]] = [:]

    /// Whether the sender of a redaction might redact anybody's events by the state before it.
    func mayRedact(_ sender: String, _ before: Room.PowerBefore, _ version: RoomVersion) -> Bool {
        let creators = before.create.flatMap { self.creators[$0] } ?? []
        if version.isCreateImplied, creators.contains(sender) { return true }
        guard let levels = before.powerLevels.flatMap({ self.levels[$0] }) else { return creators.first == sender }
        return levels.mayRedact(sender)
    }
}

extension RoomLoad {
    /// Reads the events that decide about power before redactions that Dendrite did not apply.
    func readPowerLevels(_ source: inout Connection) throws -> RedactionPower {
        var power = RedactionPower()
        let wanted = Set(rooms.values.flatMap { $0.powerBefore.values.flatMap { [$0.create, $0.powerLevels] } })
            .compactMap(\.self)
        guard !wanted.isEmpty else { return power }
        var event = EventReader()
        try source.copyOut(
            "SELECT event_nid, event_json FROM roomserver_event_json WHERE event_nid = ANY (\(wanted.sorted()))"
        ) { reader in
            while let row = try reader.next() {
                var fields = row.fields
                guard let nid = fields.int64(), let json = fields.bytesOrNull(),
                    (try? event.read(json, keepsEventID: true)) != nil
                else { continue }
                guard JSONScanner.equals(json, event.type, "\"m.room.create\"") else {
                    power.levels[nid] = PowerLevels(content: event.content, of: json)
                    continue
                }
                var creators = JSONScanner.text(json, event.sender).map { [$0] } ?? []
                if let more = JSONScanner.member("additional_creators", of: json, in: event.content) {
                    try JSONScanner.forEachElement(of: json, in: more) { element throws(JSONFault) in
                        if let user = JSONScanner.text(json, element) { creators.append(user) }
                    }
                }
                power.creators[nid] = creators
            }
        }
        return power
    }
}
