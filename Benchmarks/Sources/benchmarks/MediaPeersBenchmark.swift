// SPDX-License-Identifier: Apache-2.0

/// Our copy of a media store ÷ the best of cp, rsync and tar.
struct MediaPeersBenchmark: Benchmark {
    let condition: MediaCondition
    var name: String { "media-peers\(condition.suffix)" }
    let goal = Goal(atMost: 0.75, aim: 0.6)

    func measure(_ workbench: Workbench) throws -> Double {
        let race = try MediaRace(workbench, condition)
        var ways: [(name: String, run: () throws -> Execution)] = [
            ("ours", { try race.ours() }),
            ("cp -r", { try race.cp() }),
            ("tar | tar", { try race.peer { ["sh", "-c", "tar -C \"$0\" -cf - . | tar -C \"$1\" -xf -", $0, $1] } }),
        ]
        if (try? Execution.run(["rsync", "--version"])) != nil {
            ways.append(("rsync -a", { try race.peer { ["rsync", "-a", "\($0)/", $1] } }))
        } else {
            say("  without rsync, which is not installed")
        }
        let results = try race.run(ways).map(\.seconds)
        return results[0] / (results.dropFirst().min() ?? .nan)
    }
}
