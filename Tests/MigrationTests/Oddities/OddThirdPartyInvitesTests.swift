// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("Invitations by e-mail", .temporaryDatabase)
struct OddThirdPartyInvitesTests {
    private let proof = #""third_party_invite":{"display_name":"b","signed":{"mxid":"@bob:example.org","token":"t"}}"#

    private func invitation(_ content: String, at time: Int) -> String {
        #"{"auth_events":[],"content":{\#(content)},"depth":4,"hashes":{},"origin_server_ts":\#(time),"prev_events":[],"#
            + #""room_id":"!r:example.org","sender":"@alice:example.org","state_key":"@bob:example.org","type":"m.room.member"}"#
    }

    private func id(of text: String, _ version: String) throws -> String {
        let event = try #require(CanonicalJSON(reading: Array(text.utf8)))
        return try #require(try ReferenceHash(RoomVersion(version))?.eventID(of: event))
    }

    @Test(
        "keep their ids, and their proof where the id covers it or does not care",
        arguments: [("11", false), ("12", false), ("11", true), ("10", true)])
    func ids(version: String, isCovered: Bool) async throws {
        let server = try OddServer()
        let room = server.room(version: version)
        let contents = [
            #""membership":"invite",\#(proof)"#, #"\#(proof),"membership":"invite""#,
            #""a":1 , \#(proof) , "membership":"invite""#,
        ]
        let left = [#""membership":"invite""#, #""membership":"invite""#, #""a":1  , "membership":"invite""#]
        var events: [OddEvent] = []
        for (time, (content, without)) in zip(contents, left).enumerated() {
            let text = invitation(content, at: time)
            let eventID = try id(of: isCovered ? text : invitation(without, at: time), version)
            events.append(
                room.send(
                    "m.room.member", stateKey: "@bob:example.org", content: "{}", .init(eventID: eventID, json: text)))
        }
        let counted = try await server.migrate()
        for (event, expected) in zip(events, isCovered ? contents : left) {
            let json = try server.rows("SELECT json FROM event_json WHERE event_id = \(event.id)").joined()
            #expect(json.hasPrefix(#"{"auth_events":[],"content":{\#(expected)},"depth":4,"#), "\(json)")
            #expect(try id(of: json, version) == event.id)
        }
        #expect(counted["third_party_invite of invitations whose ids do not cover it"] == (isCovered ? nil : 3))
        let report = try server.migration().verify(sample: 50)
        #expect(report.checks.filter { $0.name.hasPrefix("Sampled events") && $0.wrong > 0 } == [])
    }
}
