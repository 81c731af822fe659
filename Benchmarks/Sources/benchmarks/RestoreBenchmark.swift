// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A whole migration ÷ `pg_restore -Fd -j2` of its result, which reads nothing from Dendrite and transforms nothing.
struct RestoreBenchmark: Benchmark {
    let name = "restore"
    let goal = Goal(atMost: 1.3, aim: 1)

    func measure(_ workbench: Workbench) throws -> Double {
        let databases = workbench.databases
        let source = try databases.source(Source(events: workbench.settings.events))
        let dump = workbench.freshPath("dump")
        let results = try Race.run(
            rounds: workbench.settings.rounds,
            [
                (
                    "matrix-loader migrate",
                    { round in
                        try databases.migrate(source) { target in
                            if round == 0 { try save(databases.conninfo(target), dump) }
                        }
                    }
                ),
                ("pg_restore -Fd -j2", { _ in try restore(dump, databases) }),
            ])
        workbench.migrations = (source, results[0])
        return results[0].seconds / results[1].seconds
    }

    /// Without compression, which would only slow the peer down, and without what the loader notes for itself.
    private func save(_ conninfo: String, _ dump: String) throws {
        _ = try Execution.run([
            "pg_dump", "--format=directory", "--jobs=2", "--compress=0", "--exclude-schema=matrix_loader", "--file",
            dump,
            "--dbname", conninfo,
        ])
    }

    private func restore(_ dump: String, _ databases: Databases) throws -> Execution {
        let name = try databases.make()
        try databases.checkpoint()
        let execution = try Execution.run([
            "pg_restore", "--format=directory", "--jobs=2", "--dbname", databases.conninfo(name), dump,
        ])
        try databases.remove(name)
        return execution
    }
}
