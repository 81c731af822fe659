// SPDX-License-Identifier: Apache-2.0
import Generator
import Postgres
import TestSupport

@testable import Loader
@testable import Migration

/// A Dendrite server written row by row, as odd as a test likes, and the Synapse database that becomes of it.
///
/// It has the users alice (`session_id` 1, device PHONE) and bob.
final class OddServer {
    static let name = "example.org"
    let source = TemporaryDatabase.conninfo
    let target: String
    private var statements: [SQL] = []
    private var stateKeys: [String: Int64] = ["": 1]
    private var types: [String: Int64] = [
        "m.room.create": 1, "m.room.power_levels": 2, "m.room.join_rules": 3, "m.room.third_party_invite": 4,
        "m.room.member": 5, "m.room.redaction": 6, "m.room.history_visibility": 7,
    ]
    private var counters: [String: Int64] = [:]
    private var rooms: [OddRoom] = []

    init() throws {
        target = try SynapseSchema.make()
        try DendriteSchema.apply(to: source)
        add(
            """
            INSERT INTO userapi_accounts (localpart, server_name, created_ts, password_hash, account_type)
            VALUES ('alice', 'example.org', 1, '', 1), ('bob', 'example.org', 1, '', 1)
            """)
        add(
            """
            INSERT INTO userapi_devices (access_token, session_id, device_id, localpart, server_name, created_ts, last_seen_ts)
            VALUES ('a', 1, 'PHONE', 'alice', 'example.org', 1, 1)
            """)
    }

    /// A room that alice has made.
    ///
    /// - Parameters:
    ///   - hasEmptySnapshot: whether the state before the create event is stored.
    ///   - isEmpty: whether the room has no events yet.
    func room(
        _ id: String = "!r:example.org", version: String = "10", hasEmptySnapshot: Bool = true, isEmpty: Bool = false
    ) -> OddRoom {
        let nid = next("roomserver_room_nid_seq")
        let room = OddRoom(id: id, version: version, nid: nid, hasEmptySnapshot: hasEmptySnapshot, server: self)
        rooms.append(room)
        if !isEmpty { room.begin() }
        return room
    }

    /// Remembers rows to write.
    func add(_ statement: SQL) { statements.append(statement) }

    /// The next number of a sequence, whose position in the database follows.
    func next(_ sequence: String) -> Int64 {
        counters[sequence, default: 0] += 1
        return counters[sequence] ?? 0
    }

    func number(ofStateKey key: String) -> Int64 {
        if let number = stateKeys[key] { return number }
        let number = 65_535 + Int64(stateKeys.count)
        stateKeys[key] = number
        add("INSERT INTO roomserver_event_state_keys VALUES (\(number), \(key))")
        return number
    }

    func number(ofType type: String) -> Int64 {
        if let number = types[type] { return number }
        let number = 65_529 + Int64(types.count)
        types[type] = number
        add("INSERT INTO roomserver_event_types VALUES (\(number), \(type))")
        return number
    }

    /// A room that Dendrite knows by name only.
    func stub(_ id: String, version: String = "10") -> Int64 {
        let nid = next("roomserver_room_nid_seq")
        add("INSERT INTO roomserver_rooms (room_nid, room_id, room_version) VALUES (\(nid), \(id), \(version))")
        return nid
    }

    /// An open invitation from afar.
    ///
    /// - Parameter isFirst: whether the user was not invited before; else the membership stays as it is.
    func invite(
        _ user: String, to room: String, nid: Int64, eventID: String, syncID: Int64?, json: String? = nil,
        strippedState: String = "[]", isFirst: Bool = true
    ) {
        let target = number(ofStateKey: user)
        let json =
            json ?? """
                {"auth_events":["$afar"],"content":{"membership":"invite"},"depth":7,"hashes":{},"origin_server_ts":1600000000000,\
                "prev_events":["$afar2"],"room_id":"\(room)","sender":"@zoe:far.example","state_key":"\(user)",\
                "type":"m.room.member","unsigned":{"invite_room_state":\(strippedState)}}
                """
        if isFirst {
            add(
                "INSERT INTO roomserver_membership (room_nid, target_nid, membership_nid, target_local) VALUES (\(nid), \(target), 2, true)"
            )
        }
        add(
            "INSERT INTO roomserver_invites (invite_event_id, room_nid, target_nid, invite_event_json) VALUES (\(eventID), \(nid), \(target), \(json))"
        )
        guard let syncID else { return }
        add(
            """
            INSERT INTO syncapi_invite_events (id, event_id, room_id, target_user_id, headered_event_json, deleted)
            VALUES (\(syncID), \(eventID), \(room), \(user), \(json), false)
            """)
    }

    /// Writes what was remembered.
    func write() throws {
        for room in rooms { room.end() }
        rooms = []
        var connection = try Connection(source, side: "the test's source")
        try connection.transaction { connection in
            for statement in statements { try connection.execute(statement) }
            for (sequence, last) in counters { try connection.execute("SELECT setval(\(sequence), \(last))") }
        }
        statements = []
    }

    /// A migration of everything.
    func migration(
        onReject: RowSink.OnReject = .skip, stop: StopRequest = StopRequest(), workers: Int = 2,
        searchLimit: Int = Plan.defaultSearchLimit
    ) -> Migration {
        var settings = Migration.Settings()
        settings.loader.onReject = onReject
        settings.loader.workers = workers
        settings.searchLimit = searchLimit
        return Migration(
            Homeservers(serverName: Self.name, source: source, target: target), settings: settings, stop: stop)
    }

    /// Migrates and says what was left behind, by name.
    @discardableResult
    func migrate(searchLimit: Int = Plan.defaultSearchLimit) async throws -> [String: Int] {
        try write()
        _ = try await migration(searchLimit: searchLimit).run()
        var connection = try Connection(target, side: "the test's target")
        return Dictionary(try Ledger().leftOut(on: &connection).map { ($0.what, $0.rows) }, uniquingKeysWith: +)
    }

    /// Rows of Synapse's database, each as its columns' text between bars, NULL as `-`.
    func rows(_ query: SQL) throws -> [String] {
        var connection = try Connection(target, side: "the test's target")
        return try connection.rows(query).map { $0.map { $0 ?? "-" }.joined(separator: "|") }
    }

    /// The state after an event as Synapse reads it: of several entries for a key that of the highest group.
    func state(after event: OddEvent) throws -> [String] {
        try rows(
            """
            WITH RECURSIVE chain (id) AS (
                SELECT state_group FROM event_to_state_groups WHERE event_id = \(event.id)
                UNION ALL SELECT prev_state_group FROM state_group_edges e JOIN chain ON chain.id = e.state_group)
            SELECT DISTINCT ON (type, state_key) type, state_key, event_id
            FROM state_groups_state JOIN chain ON chain.id = state_group ORDER BY type, state_key, state_group DESC
            """)
    }

    /// Which rows were rejected, and why.
    func rejected() throws -> [String] {
        var connection = try Connection(target, side: "the test's target")
        return try Ledger().rejected(on: &connection).map(\.row.description)
    }
}
