// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Migration
import Testing

@testable import matrix_loader

@Suite("The report of a measured migration")
struct BenchReportTests {
    private func report(target: Double?) -> BenchReport {
        BenchReport(
            serverName: "example.org", events: 20_000, seconds: 2, workers: 2, indexJobs: 1,
            processorSeconds: .init(loader: 0.05, source: 0.06, target: target), peakMemoryBytes: 64 << 20,
            areas: [
                AreaStanding(name: "devices", rows: 50, bytes: 1000, seconds: 0.5),
                AreaStanding(name: "rooms", rows: 100_000, bytes: 8 << 20, seconds: 3), AreaStanding(name: "aliases"),
            ], timeline: [])
    }

    @Test("is what an operator compares, then the steps, the longest first")
    func text() {
        #expect(
            report(target: 0.2).text == """
                example.org: 20,000 events in 2.00 s, with 2 workers and 1 index jobs

                  measure                   figure  per event
                  ----------------------  --------  ---------
                  events a second           10,000
                  written a second         4.0 MiB
                  processor, loader         0.05 s     2.5 µs
                  processor, source         0.06 s     3.0 µs
                  processor, target         0.20 s    10.0 µs
                  memory at most, loader  64.0 MiB

                  step                  rows    bytes    time
                  -----------------  -------  -------  ------
                  rooms              100,000  8.0 MiB  3.00 s
                  devices                 50   1000 B  0.50 s
                  -----------------  -------  -------  ------
                  all, by the clock  100,050  8.0 MiB  2.00 s

                """)
    }

    @Test("is silent about a server on another machine")
    func remoteTarget() throws {
        #expect(!report(target: nil).text.contains("processor, target"))
        #expect(!(try Output.json(report(target: nil))).contains("\"target\""))
    }

    @Test("has one key for each figure as JSON")
    func json() throws {
        let text = try Output.json(report(target: 0.2))
        for key in ["events_per_second", "bytes_per_second", "processor_seconds", "peak_memory_bytes", "timeline"] {
            #expect(text.contains("\"\(key)\""))
        }
    }
}
