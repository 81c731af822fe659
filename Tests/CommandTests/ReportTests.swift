// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import Testing

@testable import Loader
@testable import matrix_loader

@Suite("The report")
struct ReportTests {
    private var report: MigrationReport {
        MigrationReport(
            outcome: .done, serverName: "example.org",
            areas: [
                AreaStanding(name: "rooms", loads: 2, done: 2, rows: 12_345, bytes: 4096, rejected: 1, seconds: 2),
                AreaStanding(name: "old_signing_keys", loads: 1, done: 1, rows: 5, bytes: 10, seconds: 0.001),
            ],
            tables: [TableRows(table: "events", rows: 12_345)],
            leftBehind: [LeftBehind(what: "stale devices", rows: 1200)],
            rejected: 1, rejectsFile: "rejects.jsonl", indexSeconds: 0.5, wallSeconds: 1.5,
            signingKey: .init(id: "ed25519:a", file: "/etc/key", kept: "/etc/key.before-migration"),
            homeserverYaml: "old_signing_keys:\n  ed25519:b:\n    key: AAAA\n    expired_ts: 1\n")
    }

    @Test("is a table, what is missing, and what to do")
    func text() {
        #expect(
            report.text == """
                example.org is migrated.

                  area                 rows    bytes    time  rows/s  rejected
                  -----------------  ------  -------  ------  ------  --------
                  rooms              12,345  4.0 KiB  2.00 s   6,172         1
                  old_signing_keys        5     10 B  0.00 s                 0
                  indexes                             0.50 s
                  -----------------  ------  -------  ------  ------  --------
                  all, by the clock  12,350  4.0 KiB  1.50 s   8,233         1

                Left behind (docs/mapping.md says why):
                  1,200 stale devices
                Rows that could not be loaded: 1, named in rejects.jsonl
                Dendrite's signing key ed25519:a is in /etc/key
                  the key that was there before is kept as /etc/key.before-migration

                Add this to homeserver.yaml before Synapse starts:

                old_signing_keys:
                  ed25519:b:
                    key: AAAA
                    expired_ts: 1

                """)
    }

    @Test("has nothing at the start of a line that looks like a block of homeserver.yaml, but the blocks")
    func blocks() {
        let starts = report.text.split(separator: "\n").filter { $0.hasPrefix("old_signing_keys") }
        #expect(starts.count == 1)
        #expect(report.text.hasSuffix(report.homeserverYaml))
    }

    @Test("ends with 3 where rows were rejected, except in a run that found all done")
    func ending() {
        var report = report
        #expect(report.ending == .doneWithRejectedRows)
        report.outcome = .alreadyDone
        #expect(report.ending == .done)
        report.outcome = .done
        report.rejected = 0
        #expect(report.ending == .done)
    }

    @Test("is one JSON document with the same facts")
    func json() throws {
        let text = try Output.json(report)
        let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["outcome"] as? String == "done")
        #expect(object["server_name"] as? String == "example.org")
        #expect((object["areas"] as? [[String: Any]])?.first?["rows"] as? Int == 12_345)
        #expect((object["left_behind"] as? [[String: Any]])?.first?["what"] as? String == "stale devices")
        #expect((object["signing_key"] as? [String: Any])?["kept"] as? String == "/etc/key.before-migration")
        #expect(object["homeserver_yaml"] as? String == report.homeserverYaml)
    }

    @Test("names a rejected row by four members")
    func reject() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let row = RejectedRowReport(load: "events/0", key: "$a", column: nil, reason: "no object")
        let line = String(decoding: try encoder.encode(row), as: UTF8.self)
        #expect(line == #"{"column":null,"key":"$a","load":"events\/0","reason":"no object"}"#)
    }

    @Test("of an interrupted migration says how to go on")
    func status() {
        var status = MigrationStatus(
            state: .interrupted, server: "example.org", version: "1",
            times: .init(started: "2026-01-31T12:00:00Z", finished: nil, seconds: 4),
            areas: [AreaStanding(name: "rooms", loads: 3, done: 1, rows: 80)], setAside: ["a", "b"])
        #expect(status.rowsPerSecond == 20)
        #expect(status.text.contains("Run the same command to go on."))
        #expect(status.text.contains("set aside until their tables are full, or not checked yet: 2"))
        #expect(status.text.contains("rooms      3     1        0     2"))
        status.state = .running
        status.runningLoads = [.init(id: "rooms/2", worker: "worker 1", seconds: 2, rows: 5, weight: 9, wait: "IO: x")]
        status.runningRebuilds = [.init(id: "index events_pkey", seconds: 61)]
        #expect(status.text.contains("rooms/2            worker 1  2.00 s     5      IO: x\n"))
        #expect(status.text.contains("index events_pkey            61.0 s\n"))
    }
}
