// SPDX-License-Identifier: Apache-2.0
import Loader
import Migration

extension MigrationStatus {
    /// For people.
    var text: String {
        var text = headline + "\n" + table
        let running = runningLoads + runningRebuilds
        if !running.isEmpty { text += "\nUnder way:\n" + Self.table(of: running).text }
        if !setAside.isEmpty {
            text +=
                "\nIndexes, constraints and triggers that are set aside until their tables are full, or not checked yet: "
                + "\(setAside.count)\n"
        }
        return text
    }

    private var headline: String {
        let time = Amount.time(times.seconds)
        if isGivenUp { return "\(MigrationError.isGivenUp)\n" }
        if isDryRun, state != .running { return "\(MigrationError.isDryRun)\n" }
        switch state {
        case .running: return "The migration is running, begun \(times.started), \(time) ago.\n"
        case .interrupted:
            return "The migration was begun \(times.started) and is not finished; nobody works on it. "
                + "Run the same command to go on.\n"
        case .finished:
            let key =
                isHandedOver || !phases.isEmpty
                ? ""
                : "Dendrite's signing key is not in its place: run 'migrate' with both configuration files once more.\n"
            return "The migration is finished: \(times.started) to \(times.finished ?? ""), \(time).\n" + key
        }
    }

    private var table: String {
        var table = TextTable("area", "loads", "done", "running", "left", "rows", "bytes", "time", "rejected")
        for area in areas { add(area, to: &table) }
        table.addRule()
        var all = AreaStanding(name: "all")
        for area in areas {
            all.loads += area.loads
            all.done += area.done
            all.running += area.running
            all.rows += area.rows
            all.bytes += area.bytes
            all.rejected += area.rejected
            all.seconds += area.seconds
        }
        add(all, to: &table)
        return table.text + "\n  \(pace)\n"
    }

    private var pace: String {
        var parts = ["\(Amount.count(Int(rowsPerSecond))) rows/s since the beginning"]
        if state != .finished { parts.append("\(Int(share * 100)) % loaded") }
        if let secondsLeft { parts.append("~\(Amount.clock(secondsLeft)) left") }
        return parts.joined(separator: " · ")
    }

    private static func table(of steps: [Ledger.RunningStep]) -> TextTable {
        var table = TextTable("step", "by", "time", "rows", "waits for")
        for step in steps {
            table.add(
                step.id, step.worker ?? "", Amount.time(step.seconds),
                step.weight > 0 ? Amount.count(step.rows) : "", step.wait ?? "")
        }
        return table
    }

    private func add(_ area: AreaStanding, to table: inout TextTable) {
        table.add(
            area.name, "\(area.loads)", "\(area.done)", "\(area.running)", "\(area.loads - area.done - area.running)",
            Amount.count(area.rows), Amount.bytes(area.bytes), Amount.time(area.seconds), Amount.count(area.rejected))
    }
}
