// SPDX-License-Identifier: Apache-2.0
public import Foundation
import Synchronization

/// An empty Synapse database as Synapse itself makes it, copied as often as tests like.
///
/// Synapse is found in the virtual environment that MATRIX_LOADER_SYNAPSE names, or in `.build/synapse`.
public struct SynapseSchema {
    /// The virtual environment with Synapse.
    public static var environmentFolder: URL {
        if let path = ProcessInfo.processInfo.environment["MATRIX_LOADER_SYNAPSE"], !path.isEmpty {
            return URL(filePath: path)
        }
        return TemporaryCluster.packageFolder.appending(path: ".build/synapse")
    }

    /// By the cluster's socket folder.
    private static let templates = Mutex<[String: Result<String, any Error>]>([:])

    /// Makes a database with Synapse's empty schema.
    ///
    /// Where Synapse is not installed, the running test is skipped.
    /// - Parameter cluster: where; nil for the cluster of this process.
    /// - Returns: how libpq finds the database.
    public static func make(on cluster: TemporaryCluster? = nil) throws -> String {
        try TemporaryDatabase.orSkip { shared in
            let cluster = cluster ?? shared
            if !FileManager.default.isExecutableFile(atPath: tool.path(percentEncoded: false)) {
                let reason = "no Synapse in \(environmentFolder.path(percentEncoded: false)); see scripts/set-up"
                try Requirement.synapse.skip(reason)
                throw Failure(description: reason)
            }
            let name = try templates.withLock { made in
                let result = made[cluster.socketFolder] ?? Result { try makeTemplate(cluster) }
                made[cluster.socketFolder] = result
                return try result.get()
            }
            return cluster.conninfo(try cluster.makeDatabase(template: name))
        }
    }

    /// Makes two databases with Synapse's empty schema: one for its store `main` and one for `state`.
    ///
    /// - Returns: how libpq finds them.
    public static func makeSplit() throws -> (main: String, state: String) {
        // Where there is no Synapse the test is skipped here.
        _ = try make()
        let cluster = try TemporaryCluster.shared
        let (main, state) = (try cluster.makeDatabase(), try cluster.makeDatabase())
        let arguments = "user: postgres, host: '\(cluster.socketFolder)', port: \(cluster.port)"
        try run(
            """
            databases:
              main: {name: psycopg2, data_stores: [main], args: {\(arguments), dbname: \(main)}}
              state: {name: psycopg2, data_stores: [state], args: {\(arguments), dbname: \(state)}}
            """)
        return (cluster.conninfo(main), cluster.conninfo(state))
    }

    /// What kept Synapse's tool from making its schema.
    public struct Failure: Error, CustomStringConvertible {
        /// What is missing, or the end of what the tool said: 800 characters at most.
        public let description: String
    }

    private static var tool: URL { environmentFolder.appending(path: "bin/update_synapse_database") }

    private static func makeTemplate(_ cluster: TemporaryCluster) throws -> String {
        let name = try cluster.makeDatabase()
        try run(
            """
            database:
              name: psycopg2
              args: {user: postgres, host: '\(cluster.socketFolder)', port: \(cluster.port), dbname: \(name)}
            """)
        return name
    }

    /// Has Synapse's tool make its schema.
    ///
    /// - Parameter databases: that part of homeserver.yaml.
    private static func run(_ databases: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "matrix-loader-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let seed = Data(repeating: 7, count: 32).base64EncodedString().replacing("=", with: "")
        try "ed25519 a_test \(seed)\n".write(
            to: folder.appending(path: "signing.key"), atomically: true, encoding: .utf8)
        let configuration = folder.appending(path: "homeserver.yaml")
        try """
        server_name: example.org
        report_stats: false
        \(databases)
        signing_key_path: signing.key
        media_store_path: media
        macaroon_secret_key: none
        form_secret: none
        trusted_key_servers: []
        """.write(to: configuration, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = tool
        process.arguments = ["--database-config", "homeserver.yaml", "--run-background-updates"]
        process.currentDirectoryURL = folder
        let errors = Pipe()
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, errors)
        try process.run()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "update_synapse_database: \(said.suffix(800))")
        }
    }
}
