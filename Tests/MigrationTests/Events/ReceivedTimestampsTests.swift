// SPDX-License-Identifier: Apache-2.0
import Generator
@testable import Migration
import Postgres
import TestSupport
import Testing

@Suite("Times of arrival")
struct ReceivedTimestampsTests {
    @Test("are the latest time of sending up to there, and never fall", arguments: 0..<60)
    func runningMaximum(seed: Int) {
        var random = SeededGenerator(seed)
        let now: Int64 = 900
        var times: [(streamOrdering: Int64, timestamp: Int64)] = []
        for position in Int64(-20)...60 where !random.once(in: 3) {
            times.append((position, Int64(random.below(1_000))))
        }
        let received = ReceivedTimestamps(times.shuffled(using: &random), now: now)
        var latest: Int64 = 0
        for (position, timestamp) in times {
            guard position > 0 else {
                #expect(received.at(position) == nil)
                continue
            }
            latest = max(latest, min(timestamp, now))
            #expect(received.at(position) == latest)
        }
        #expect(received.at(61) == nil)
        #expect(received.at(.min) == nil && received.at(.max) == nil)
    }

    @Test("of a server without events are none")
    func none() {
        #expect(ReceivedTimestamps([], now: 5).at(1) == nil)
        #expect(ReceivedTimestamps([(-3, 7)], now: 5).at(-3) == nil)
    }

    @Test("are read from JSON however it is written", .temporaryDatabase)
    func reading() throws {
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        var source = try TemporaryDatabase.connect()
        let texts = [
            #"{"content":{},"origin_server_ts":100,"sender":"@a:b","type":"t"}"#,
            // The key once more, in the content.
            #"{"content":{"origin_server_ts":999},"origin_server_ts":200,"sender":"@a:b","type":"t"}"#,
            // Inside a string.
            #"{"content":{"body":"\"origin_server_ts\":999"},"origin_server_ts":150,"sender":"@a:b","type":"t"}"#,
            // With space, and at the end.
            #"{"content":{}, "sender":"@a:b", "type":"t", "origin_server_ts" : 300 }"#,
            #"{"content":{}, "sender":"@a:b", "type":"t", "origin_server_ts": 400}"#,
            // Later than now.
            #"{"content":{},"sender":"@a:b","type":"t","origin_server_ts":5000}"#,
        ]
        for (number, text) in texts.enumerated() {
            try source.execute(
                """
                INSERT INTO roomserver_events (event_nid, room_nid, event_type_nid, event_state_key_nid, depth, event_id, auth_event_nids)
                VALUES (\(number + 1), 1, 65536, 0, 1, \("$\(number)"), '{}');
                INSERT INTO syncapi_output_room_events (id, event_id, room_id, headered_event_json, type, sender, contains_url)
                VALUES (\(number + 1), \("$\(number)"), '!r', \(text), 't', '@a:b', false)
                """)
        }
        let received = try ReceivedTimestamps.read(
            StreamOrdering(highestSyncID: 6, highestEventNID: 6), now: 1_000, from: &source)
        #expect((1...6).map { received.at($0) } == [100, 200, 200, 300, 400, 1_000])
    }
}
