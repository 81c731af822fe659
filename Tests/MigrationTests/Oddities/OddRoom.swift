// SPDX-License-Identifier: Apache-2.0
import Postgres

/// A room of an ``OddServer`` that keeps Dendrite's books: depths, parents, snapshots, the current state.
final class OddRoom {
    let id: String
    let version: String
    let nid: Int64
    private let server: OddServer
    private(set) var events: [OddEvent] = []
    /// `latest_event_nids`; a test may put others there.
    var latest: [OddEvent] = []
    /// The blocks of the state after the latest event.
    var blocks: [Int64] = []
    /// The present state by type and state key.
    private(set) var state: [String: OddEvent] = [:]
    private var snapshots: [[Int64]: Int64] = [:]
    private var children: [String: [Int64]] = [:]
    private let hasEmptySnapshot: Bool
    /// `room_version` as Dendrite has it.
    var storedVersion: String?

    init(id: String, version: String, nid: Int64, hasEmptySnapshot: Bool, server: OddServer) {
        (self.id, self.version, self.nid, self.hasEmptySnapshot, self.server) = (
            id, version, nid, hasEmptySnapshot, server
        )
    }

    private var isCreateImplied: Bool { version == "12" }
    private var namesEvents: Bool { version == "1" || version == "2" }

    /// What every room begins with.
    func begin() {
        state("m.room.create", content: #"{"creator":"@alice:example.org","room_version":"\#(version)"}"#)
        join("@alice:example.org")
        state("m.room.power_levels", content: #"{"users":{"@alice:example.org":100}}"#)
    }

    /// The create event of a room that another server founded, as it comes with a join.
    func createAfar() -> OddEvent {
        state(
            "m.room.create", "", .outlier, by: "@zoe:far.example", content: #"{"creator":"@zoe:far.example"}"#,
            .init(previous: [], auth: []))
    }

    @discardableResult
    func join(
        _ user: String, _ membership: String = "join", _ kind: OddEvent.Kind = .live,
        _ quirks: OddEvent.Quirks = .init()
    ) -> OddEvent {
        send("m.room.member", kind, by: user, stateKey: user, content: #"{"membership":"\#(membership)"}"#, quirks)
    }

    @discardableResult
    func state(
        _ type: String, _ stateKey: String = "", _ kind: OddEvent.Kind = .live,
        by sender: String = "@alice:example.org",
        content: String, _ quirks: OddEvent.Quirks = .init()
    ) -> OddEvent {
        send(type, kind, by: sender, stateKey: stateKey, content: content, quirks)
    }

    @discardableResult
    func say(
        _ body: String, _ kind: OddEvent.Kind = .live, by sender: String = "@alice:example.org",
        _ quirks: OddEvent.Quirks = .init()
    ) -> OddEvent {
        send("m.room.message", kind, by: sender, content: #"{"body":"\#(body)","msgtype":"m.text"}"#, quirks)
    }

    /// Adds an event of any kind.
    @discardableResult
    func send(
        _ type: String, _ kind: OddEvent.Kind = .live, by sender: String = "@alice:example.org",
        stateKey: String? = nil,
        content: String, _ quirks: OddEvent.Quirks = .init()
    ) -> OddEvent {
        let number = server.next("roomserver_event_nid_seq")
        let syncID = kind.isInSync ? server.next("syncapi_stream_id") : nil
        let event = OddEvent(
            nid: number, id: quirks.eventID ?? name(number),
            depth: quirks.depth ?? (latest.map(\.depth).max() ?? 0) + 1,
            type: type, stateKey: stateKey, syncID: syncID)
        let json = quirks.json ?? json(event, sender, content, quirks)
        let snapshot = quirks.snapshot ?? (kind == .outlier || kind == .rejected ? 0 : snapshot(of: blocks))
        server.add(
            """
            INSERT INTO roomserver_events (event_nid, room_nid, event_type_nid, event_state_key_nid, sent_to_output,
                state_snapshot_nid, depth, event_id, auth_event_nids, is_rejected)
            VALUES (\(number), \(nid), \(server.number(ofType: type)),
                \(quirks.stateKeyNumber ?? stateKey.map(server.number(ofStateKey:)) ?? 0), \(kind.isSent), \(snapshot),
                \(event.depth), \(event.id), '{}', \(kind == .rejected))
            """)
        if quirks.hasJSON { server.add("INSERT INTO roomserver_event_json VALUES (\(number), \(json))") }
        if let syncID { sync(event, syncID, kind, sender, json, quirks) }
        for parent in quirks.previous ?? latest.map(\.id) { children[parent, default: []].append(number) }
        events.append(event)
        // Others reach the graph through what is said to descend from them.
        if kind.isSent { advance(event) }
        return event
    }

    private func name(_ number: Int64) -> String { namesEvents ? "$e\(number):example.org" : "$e\(number)" }

    private func json(_ event: OddEvent, _ sender: String, _ content: String, _ quirks: OddEvent.Quirks) -> String {
        func list(_ ids: [String]) -> String {
            "[" + ids.map { namesEvents ? #"["\#($0)",{"sha256":"h"}]"# : #""\#($0)""# }.joined(separator: ",") + "]"
        }
        let auth =
            quirks.auth
            ?? [
                isCreateImplied ? nil : state["m.room.create "], state["m.room.power_levels "],
                state["m.room.member \(sender)"],
            ].compactMap { $0?.id }
        var members = [
            #""auth_events":\#(list(auth))"#, #""content":\#(content)"#, #""depth":\#(event.depth)"#,
            #""hashes":{"sha256":"h"}"#,
            #""origin_server_ts":\#(quirks.timestamp ?? 1_600_000_000_000 + event.nid)"#,
            #""prev_events":\#(list(quirks.previous ?? latest.map(\.id)))"#, #""sender":"\#(sender)""#,
            #""type":"\#(event.type)""#,
        ]
        if namesEvents { members.append(#""event_id":"\#(event.id)""#) }
        if !isCreateImplied || event.type != "m.room.create" { members.append(#""room_id":"\#(id)""#) }
        if let stateKey = event.stateKey { members.append(#""state_key":"\#(stateKey)""#) }
        return "{" + (members + quirks.members).sorted().joined(separator: ",") + "}"
    }

    private func sync(
        _ event: OddEvent, _ syncID: Int64, _ kind: OddEvent.Kind, _ sender: String, _ json: String,
        _ quirks: OddEvent.Quirks
    ) {
        server.add(
            """
            INSERT INTO syncapi_output_room_events (id, event_id, room_id, headered_event_json, type, sender, contains_url,
                session_id, transaction_id, exclude_from_sync)
            VALUES (\(syncID), \(event.id), \(id), \(json), \(event.type), \(sender), false,
                \(raw: quirks.transaction.map { "\($0.session)" } ?? "NULL"), \(quirks.transaction?.id),
                \(raw: quirks.isExcluded ?? "\(kind.isExcluded)"))
            """)
    }

    private func advance(_ event: OddEvent) {
        latest = [event]
        guard let stateKey = event.stateKey else { return }
        state["\(event.type) \(stateKey)"] = event
        blocks.append(block([event.nid]))
    }

    /// A new block of state.
    func block(_ events: [Int64]) -> Int64 {
        let number = server.next("roomserver_state_block_nid_seq")
        server.add("INSERT INTO roomserver_state_block (state_block_nid, event_nids) VALUES (\(number), \(events))")
        return number
    }

    /// The snapshot of a list of blocks.
    func snapshot(of blocks: [Int64]) -> Int64 {
        if let known = snapshots[blocks] { return known }
        let number = server.next("roomserver_state_snapshot_nid_seq")
        snapshots[blocks] = number
        if !blocks.isEmpty || hasEmptySnapshot {
            server.add(
                "INSERT INTO roomserver_state_snapshots (state_snapshot_nid, room_nid, state_block_nids) VALUES (\(number), \(nid), \(blocks))"
            )
        }
        return number
    }

    /// Writes what is known at the end only.
    func end() {
        server.add(
            """
            INSERT INTO roomserver_rooms (room_nid, room_id, latest_event_nids, state_snapshot_nid, room_version)
            VALUES (\(nid), \(id), \(latest.map(\.nid)), \(latest.isEmpty ? 0 : snapshot(of: blocks)), \(storedVersion ?? version))
            """)
        for (parent, events) in children {
            server.add(
                """
                INSERT INTO roomserver_previous_events VALUES (\(parent), \(events))
                ON CONFLICT (previous_event_id) DO UPDATE SET event_nids = roomserver_previous_events.event_nids || excluded.event_nids
                """)
        }
    }
}
