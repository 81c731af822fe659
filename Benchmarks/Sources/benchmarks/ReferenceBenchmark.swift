// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Our time ÷ that of a reference migration, a program that writes the same rows with psycopg2.
///
/// MATRIX_LOADER_ORACLE names it; it is called with `migrate --dendrite-config FILE --synapse-config FILE`.
struct ReferenceBenchmark: Benchmark {
    let name = "oracle"
    let goal = Goal(atMost: 0.1, aim: 0.05)

    func measure(_ workbench: Workbench) throws -> Double {
        guard let reference = ProcessInfo.processInfo.environment["MATRIX_LOADER_ORACLE"], !reference.isEmpty else {
            throw Skipped(reason: "MATRIX_LOADER_ORACLE names no reference program")
        }
        let dendrite = try makeSource(workbench)
        // The reference is slow and steady: a warm-up and a median would only take time.
        let theirs = try run([reference], dendrite, workbench)
        say("  reference: \(Benchmarks.text(theirs.seconds)) s, \(Benchmarks.text(theirs.processorSeconds)) s of CPU")
        let ours = try Race.run(
            rounds: workbench.settings.rounds,
            [("matrix-loader migrate", { _ in try run([workbench.program], dendrite, workbench) })])
        return ours[0].seconds / theirs.seconds
    }

    /// Makes what both programs migrate: a Dendrite server with its configuration file.
    ///
    /// - Returns: the path of dendrite.yaml.
    private func makeSource(_ workbench: Workbench) throws -> String {
        let folder = URL(filePath: workbench.freshPath("dendrite"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let configuration = folder.appending(path: "dendrite.yaml")
        try """
        version: 2
        global:
          server_name: \(Databases.serverName)
          private_key: \(folder.appending(path: "matrix_key.pem").path)
          database:
            connection_string: \(workbench.databases.conninfo(try workbench.databases.make()))
        media_api:
          base_path: \(folder.appending(path: "media").path)
        """.write(to: configuration, atomically: true, encoding: .utf8)
        var source = Source(events: workbench.settings.events / 10)
        source.mediaFiles = 10
        let execution = try workbench.run(
            ["bench", "generate", "--dendrite-config", configuration.path] + source.arguments)
        say("  a server of \(source.events) events was made in \(Benchmarks.text(execution.seconds)) s")
        return configuration.path
    }

    private func run(_ program: [String], _ dendrite: String, _ workbench: Workbench) throws -> Execution {
        let name = try workbench.databases.target()
        let folder = URL(filePath: workbench.freshPath("synapse"))
        let synapse = try SynapseFolder(folder, database: name, host: workbench.databases.host ?? "").write()
        try workbench.databases.checkpoint()
        let execution = try Execution.run(
            program + ["migrate", "--dendrite-config", dendrite, "--synapse-config", synapse])
        try workbench.databases.remove(name)
        return execution
    }
}
