// SPDX-License-Identifier: Apache-2.0
import Loader
import Migration

/// How fast a migration was, to compare machines and settings with.
struct BenchReport: Codable, Sendable {
    /// Seconds of processor time; nil of a server on another machine.
    struct ProcessorSeconds: Codable, Sendable {
        var loader: Double
        var source: Double?
        var target: Double?
    }

    var serverName: String
    var events: Int
    var seconds: Double
    var workers: Int
    var indexJobs: Int
    var processorSeconds: ProcessorSeconds
    var peakMemoryBytes: Int?
    var areas: [AreaStanding]
    var timeline: [Timeline.Span]
    var eventsPerSecond: Double
    /// Of what was written.
    var bytesPerSecond: Double

    init(
        serverName: String, events: Int, seconds: Double, workers: Int, indexJobs: Int,
        processorSeconds: ProcessorSeconds, peakMemoryBytes: Int?, areas: [AreaStanding], timeline: [Timeline.Span]
    ) {
        self.serverName = serverName
        self.events = events
        self.seconds = seconds
        self.workers = workers
        self.indexJobs = indexJobs
        self.processorSeconds = processorSeconds
        self.peakMemoryBytes = peakMemoryBytes
        self.areas = areas
        self.timeline = timeline
        eventsPerSecond = Double(events) / seconds
        bytesPerSecond = Double(areas.reduce(0) { $0 + $1.bytes }) / seconds
    }

    var text: String { headline + "\n" + measures + "\n" + steps }

    private var headline: String {
        "\(serverName): \(Amount.count(events)) events in \(Amount.time(seconds)), with \(workers) workers and "
            + "\(indexJobs) index jobs\n"
    }

    private var measures: String {
        var table = TextTable("measure", "figure", "per event")
        table.add("events a second", Amount.count(Int(eventsPerSecond)), "")
        table.add("written a second", Amount.bytes(Int(bytesPerSecond)), "")
        func add(_ name: String, _ seconds: Double?) {
            guard let seconds else { return }
            let each = events > 0 ? seconds / Double(events) * 1e7 : 0
            table.add(name, Amount.time(seconds), "\(Int(each) / 10).\(Int(each) % 10) µs")
        }
        add("processor, loader", processorSeconds.loader)
        add("processor, source", processorSeconds.source)
        add("processor, target", processorSeconds.target)
        if let peakMemoryBytes { table.add("memory at most, loader", Amount.bytes(peakMemoryBytes), "") }
        return table.text
    }

    /// The time of workers and index jobs, several of which are at work at once.
    private var steps: String {
        var table = TextTable("step", "rows", "bytes", "time")
        for area in areas.sorted(by: { $0.seconds > $1.seconds }) where area.rows > 0 {
            table.add(area.name, Amount.count(area.rows), Amount.bytes(area.bytes), Amount.time(area.seconds))
        }
        let maintenance = timeline.filter { $0.row.hasPrefix("index") }
        func add(_ name: String, _ spans: [Timeline.Span]) {
            guard !spans.isEmpty else { return }
            table.add(name, "", "", Amount.time(spans.reduce(0) { $0 + $1.end - $1.start }))
        }
        add("indexes and constraints", maintenance.filter { $0.step != "ANALYZE" })
        add("statistics", maintenance.filter { $0.step == "ANALYZE" })
        table.addRule()
        table.add(
            "all, by the clock", Amount.count(areas.reduce(0) { $0 + $1.rows }),
            Amount.bytes(areas.reduce(0) { $0 + $1.bytes }), Amount.time(seconds))
        return table.text
    }
}
