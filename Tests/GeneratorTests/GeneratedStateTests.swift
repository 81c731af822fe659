// SPDX-License-Identifier: Apache-2.0
import Generator
import Postgres
import TestSupport
import Testing

@Suite("Generated state", .temporaryDatabase)
struct GeneratedStateTests {
    private func generate(_ change: (inout GeneratorSettings) -> Void = { _ in }) async throws -> GeneratedServer {
        var settings = GeneratedServer.smallSettings
        change(&settings)
        try await Homeserver.generate(settings, into: TemporaryDatabase.conninfo)
        return try GeneratedServer(conninfo: TemporaryDatabase.conninfo)
    }

    /// Servers as extreme as options can ask for.
    enum Shape: CaseIterable {
        case ordinary, still, restless, forked, remote, encrypted, crowded, oneRoom

        func apply(to settings: inout GeneratorSettings) {
            switch self {
            case .ordinary: break
            case .still: (settings.stateChurn, settings.forks, settings.federatedRooms) = (0, 0, 0)
            case .restless: settings.stateChurn = 1
            case .forked: settings.forks = 1
            case .remote: (settings.federatedRooms, settings.backfilledRooms) = (1, 1)
            case .encrypted: settings.encryptedRooms = 1
            case .crowded: settings.membersPerRoom = 100_000
            case .oneRoom: (settings.rooms, settings.giantRoomShare) = (1, 1)
            }
        }
    }

    @Test("before an event is the state after the one that it follows", arguments: Shape.allCases)
    func continuity(_ shape: Shape) async throws {
        let server = try await generate(shape.apply)
        for event in server.events.values where event.isSent && event.previous.count == 1 {
            guard let number = server.numbers[event.previous[0]], let previous = server.events[number],
                previous.snapshot != 0
            else { continue }
            #expect(server.state(event.snapshot) == server.stateAfter(previous), "event \(event.number)")
        }
    }

    @Test("is kept in lists of at most 64 blocks, and busy rooms reach that many")
    func blockLists() async throws {
        let server = try await generate {
            $0.rooms = 1
            $0.stateChurn = 0.5
            $0.forks = 0
        }
        #expect(server.longestBlockList == 64)
    }

    @Test("of a room is what its latest events leave, forks settled")
    func currentState() async throws {
        let server = try await generate { $0.forks = 0.5 }
        var connection = try TemporaryDatabase.connect()
        let rooms = try connection.rows(
            "SELECT room_nid, array_to_string(latest_event_nids, ','), state_snapshot_nid FROM roomserver_rooms")
        var forked = 0
        for room in rooms {
            let latest = (room[1] ?? "").split(separator: ",").compactMap { Int64($0) }
            guard let snapshot = room[2].flatMap({ Int64($0) }), snapshot != 0 else { continue }
            if latest.count > 1 { forked += 1 }
            var merged: [String: Int64] = [:]
            for number in latest {
                let event = try #require(server.events[number])
                for (key, value) in try #require(server.stateAfter(event)) {
                    merged[key] = max(merged[key] ?? 0, value)
                }
            }
            #expect(server.state(snapshot) == merged, "room \(room[0] ?? "")")
        }
        #expect(forked > 0)
    }

    @Test("gives every member the membership that the membership event says")
    func memberships() async throws {
        let server = try await generate()
        var connection = try TemporaryDatabase.connect()
        let rows = try connection.rows(
            """
            SELECT event_nid, event_state_key, membership_nid FROM roomserver_membership
            JOIN roomserver_event_state_keys ON event_state_key_nid = target_nid WHERE event_nid <> 0
            """)
        #expect(rows.count > 100)
        let numbers = ["leave": "1", "ban": "1", "invite": "2", "join": "3"]
        for row in rows {
            let event = try #require(server.events[Int64(row[0] ?? "") ?? 0])
            #expect(event.stateKey == row[1])
            #expect(row[2] == numbers[event.content["membership"] as? String ?? ""])
        }
    }

    @Test("allows every event that was taken, and its auth events are in it", arguments: Shape.allCases)
    func authorization(_ shape: Shape) async throws {
        let server = try await generate(shape.apply)
        for event in server.events.values where event.isSent && event.type != "m.room.create" {
            let state = try #require(server.state(event.snapshot))
            let known = Set(state.values.compactMap { server.events[$0]?.id })
            let listed = Set(event.members["auth_events"] as? [String] ?? [])
            #expect(listed.isSubset(of: known), "event \(event.number)")
            let sender = event.members["sender"] as? String ?? ""
            guard event.type != "m.room.member" else { continue }
            let own = try #require(state["m.room.member \(sender)"])
            #expect(server.events[own]?.content["membership"] as? String == "join", "event \(event.number)")
        }
    }
}
