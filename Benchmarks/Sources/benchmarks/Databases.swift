// SPDX-License-Identifier: Apache-2.0
import Foundation
import Postgres

/// The throw-away PostgreSQL's databases: Dendrite servers as sources, empty Synapse databases as targets.
final class Databases {
    static let serverName = "bench.example.org"
    private static let template = "synapse_template"

    private let workbench: Workbench
    let host: String?
    private var lastNumber = 0
    private var hasTemplate = false
    private var sources: [[String]: Source] = [:]

    init(_ workbench: Workbench) {
        self.workbench = workbench
        host = ProcessInfo.processInfo.environment["PGHOST"]
    }

    func conninfo(_ database: String) -> String {
        "host=\(host ?? "") port=5432 user=postgres dbname=\(database)"
    }

    /// A server that is made when it is asked for the first time, and kept.
    ///
    /// - Throws: ``Skipped`` without PostgreSQL.
    func source(_ wanted: Source) throws -> Source {
        if let made = sources[wanted.arguments] { return made }
        var source = wanted
        let name = try make()
        source.conninfo = conninfo(name)
        let execution = try workbench.run(
            ["bench", "generate", "--server-name", Self.serverName, "--dendrite-db", source.conninfo] + source.arguments
        )
        var connection = try connect(name)
        try connection.execute("VACUUM ANALYZE")
        say("  a server of \(source.events) events was made in \(Benchmarks.text(execution.seconds)) s")
        sources[wanted.arguments] = source
        return source
    }

    /// An empty Synapse database.
    func target() throws -> String {
        try makeTemplate()
        return try make(template: Self.template)
    }

    /// A database without anything.
    func make(template: String = "template0") throws -> String {
        lastNumber += 1
        let name = "benchmark_\(lastNumber)"
        var connection = try connect("postgres")
        try connection.execute(
            "CREATE DATABASE \(identifier: name) ENCODING 'UTF8' LOCALE 'C' TEMPLATE \(identifier: template)")
        return name
    }

    func remove(_ name: String) throws {
        var connection = try connect("postgres")
        try connection.execute("DROP DATABASE IF EXISTS \(identifier: name) WITH (FORCE)")
    }

    /// So that no run pays for what the one before has left to be written.
    func checkpoint() throws {
        var connection = try connect("postgres")
        try connection.execute("CHECKPOINT")
    }

    /// Migrates a server into a new target.
    ///
    /// - Parameter keeps: called with the target's name before it is removed.
    func migrate(_ source: Source, keeps: (String) throws -> Void = { _ in }) throws -> Execution {
        let name = try target()
        var arguments = [
            "migrate", "--server-name", Self.serverName, "--dendrite-db", source.conninfo, "--synapse-db",
            conninfo(name), "--progress", "never", "--rejects", workbench.freshPath("rejects"),
        ]
        if let mediaPath = source.mediaPath {
            arguments += ["--dendrite-media-path", mediaPath, "--synapse-media-path", workbench.freshPath("media")]
        } else {
            arguments += ["--skip-media"]
        }
        try checkpoint()
        let execution = try workbench.run(arguments)
        try keeps(name)
        try remove(name)
        return execution
    }

    private func connect(_ database: String) throws -> Connection {
        guard host != nil else { throw Skipped(reason: "no PostgreSQL; scripts/benchmarks brings one") }
        return try Connection(conninfo(database), side: "the benchmarks' PostgreSQL")
    }

    private func makeTemplate() throws {
        guard !hasTemplate else { return }
        var connection = try connect("postgres")
        try connection.execute(
            "CREATE DATABASE \(identifier: Self.template) ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0")
        let folder = URL(filePath: workbench.freshPath("synapse"))
        let configuration = try SynapseFolder(folder, database: Self.template, host: host ?? "").write()
        _ = try Execution.run([
            SynapseFolder.tool("update_synapse_database"), "--database-config", configuration,
            "--run-background-updates",
        ])
        hasTemplate = true
    }
}
