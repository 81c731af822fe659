// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import Postgres

/// Our reader of events' JSON ÷ Foundation's, on the same events, in processor time.
struct ScannerBenchmark: Benchmark {
    let name = "scanner"
    let goal = Goal(atMost: 0.1, aim: 0.05)

    func measure(_ workbench: Workbench) throws -> Double {
        let events = try read(workbench)
        var (ours, theirs) = ([Double](), [Double]())
        for round in 0...workbench.settings.rounds {
            let (scanned, parsed) = (try time { try scan(events) }, try time { try parse(events) })
            guard round > 0 else { continue }
            ours.append(scanned)
            theirs.append(parsed)
        }
        let bytes = events.reduce(0) { $0 + $1.count } / max(events.count, 1)
        let (scanner, foundation) = (ours.median / Double(events.count), theirs.median / Double(events.count))
        say("  \(events.count) events of \(bytes) bytes; reader \(ns(scanner)), JSONSerialization \(ns(foundation))")
        return scanner / foundation
    }

    private func ns(_ seconds: Double) -> String { "\(Benchmarks.text(seconds * 1e9)) ns" }

    private func read(_ workbench: Workbench) throws -> [[UInt8]] {
        let source = try workbench.databases.source(Source(events: min(workbench.settings.events, 50_000)))
        var connection = try Connection(source.conninfo, side: "the benchmarks' PostgreSQL")
        return try connection.rows("SELECT event_json FROM roomserver_event_json ORDER BY event_nid")
            .compactMap { $0.first.flatMap { $0.map { Array($0.utf8) } } }
    }

    private func scan(_ events: [[UInt8]]) throws {
        var scan = EventScan()
        for event in events where scan.carriedBytes(of: event) == nil {
            throw Failure(description: "an event that the reader refuses")
        }
    }

    private func parse(_ events: [[UInt8]]) throws {
        for event in events { _ = try JSONSerialization.jsonObject(with: Data(event)) }
    }

    private func time(_ body: () throws -> Void) rethrows -> Double {
        let began = clock()
        try body()
        return Double(clock() - began) / Double(CLOCKS_PER_SEC)
    }
}
