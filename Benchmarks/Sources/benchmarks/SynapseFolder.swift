// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A folder with what Synapse's own tools and a migration want to read: homeserver.yaml and a signing key.
struct SynapseFolder {
    private let folder: URL
    private let database: String
    private let host: String

    init(_ folder: URL, database: String, host: String) {
        self.folder = folder
        self.database = database
        self.host = host
    }

    /// A program of the virtual environment that scripts/set-up makes.
    static func tool(_ name: String) -> String {
        let environment = ProcessInfo.processInfo.environment["MATRIX_LOADER_SYNAPSE"] ?? ".build/synapse"
        return "\(environment)/bin/\(name)"
    }

    /// Writes homeserver.yaml and the signing key that it names.
    ///
    /// - Returns: the path of homeserver.yaml.
    func write() throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let seed = Data(repeating: 7, count: 32).base64EncodedString().replacing("=", with: "")
        let key = folder.appending(path: "signing.key")
        try "ed25519 a_bench \(seed)\n".write(to: key, atomically: true, encoding: .utf8)
        let configuration = folder.appending(path: "homeserver.yaml")
        try """
        server_name: \(Databases.serverName)
        report_stats: false
        database:
          name: psycopg2
          args: {user: postgres, host: '\(host)', port: 5432, dbname: \(database)}
        signing_key_path: \(key.path)
        media_store_path: \(folder.appending(path: "media").path)
        macaroon_secret_key: none
        form_secret: none
        trusted_key_servers: []
        """.write(to: configuration, atomically: true, encoding: .utf8)
        return configuration.path
    }
}
