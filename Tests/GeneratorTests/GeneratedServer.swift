// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Postgres
import TestSupport

/// A generated database as tests look at it, through nothing that the generator itself uses.
struct GeneratedServer {
    struct Event {
        let number: Int64
        let room: Int64
        let id: String
        let json: String
        let isRejected: Bool
        let snapshot: Int64
        let isSent: Bool
        let members: [String: Any]

        var type: String { members["type"] as? String ?? "" }
        var stateKey: String? { members["state_key"] as? String }
        var previous: [String] { members["prev_events"] as? [String] ?? [] }
        var content: [String: Any] { members["content"] as? [String: Any] ?? [:] }
    }

    let events: [Int64: Event]
    let numbers: [String: Int64]
    let versions: [Int64: String]
    private let blocks: [Int64: [Int64]]
    private let snapshots: [Int64: [Int64]]

    /// A small server with everything in it.
    static var smallSettings: GeneratorSettings {
        var settings = GeneratorSettings()
        settings.events = 3000
        settings.rooms = 24
        settings.users = 40
        settings.forks = 0.02
        settings.federatedRooms = 0.25
        settings.redactions = 0.03
        settings.refused = 0.01
        settings.mediaFiles = 12
        settings.mediaBytes = 3000
        return settings
    }

    init(conninfo: String) throws {
        var connection = try Connection(conninfo, side: "the generated database")
        var events: [Int64: Event] = [:]
        let query: SQL = """
            SELECT event_nid, room_nid, event_id, event_json, is_rejected, state_snapshot_nid, sent_to_output
            FROM roomserver_events JOIN roomserver_event_json USING (event_nid)
            """
        for row in try connection.rows(query) {
            let json = row[3] ?? ""
            let members = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
            let number = Int64(row[0] ?? "") ?? 0
            events[number] = Event(
                number: number, room: Int64(row[1] ?? "") ?? 0, id: row[2] ?? "", json: json,
                isRejected: row[4] == "t", snapshot: Int64(row[5] ?? "") ?? 0, isSent: row[6] == "t", members: members)
        }
        self.events = events
        numbers = Dictionary(uniqueKeysWithValues: events.values.map { ($0.id, $0.number) })
        var versions: [Int64: String] = [:]
        for row in try connection.rows("SELECT room_nid, room_version FROM roomserver_rooms") {
            versions[Int64(row[0] ?? "") ?? 0] = row[1]
        }
        self.versions = versions
        blocks = try Self.lists("SELECT state_block_nid, event_nids FROM roomserver_state_block", &connection)
        snapshots = try Self.lists(
            "SELECT state_snapshot_nid, state_block_nids FROM roomserver_state_snapshots", &connection)
    }

    private static func lists(_ query: SQL, _ connection: inout Connection) throws -> [Int64: [Int64]] {
        try connection.copyOut(query) { rows in
            var lists: [Int64: [Int64]] = [:]
            while let row = try rows.next() {
                var fields = row.fields
                let number = fields.int64() ?? 0
                lists[number] = fields.int64Array() ?? []
            }
            return lists
        }
    }

    var longestBlockList: Int { snapshots.values.map(\.count).max() ?? 0 }

    /// The state that a snapshot means: later blocks win.
    ///
    /// Nil if something of it is missing.
    func state(_ snapshot: Int64) -> [String: Int64]? {
        guard let list = snapshots[snapshot] else { return nil }
        var state: [String: Int64] = [:]
        for block in list {
            guard let numbers = blocks[block] else { return nil }
            for number in numbers {
                guard let event = events[number], let key = event.stateKey else { return nil }
                state["\(event.type) \(key)"] = number
            }
        }
        return state
    }

    /// The state after an event.
    func stateAfter(_ event: Event) -> [String: Int64]? {
        guard var state = state(event.snapshot) else { return nil }
        if let key = event.stateKey, !event.isRejected { state["\(event.type) \(key)"] = event.number }
        return state
    }
}
